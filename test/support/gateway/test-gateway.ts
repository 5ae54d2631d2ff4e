import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import { createGateway, type Gateway } from '../../../local/gateway/gateway.ts';
import type {
  ApiOptions,
  GatewayOptions,
  ResolverDefinition,
} from '../../../local/gateway/gateway-options.ts';
import { projectFile } from '../project-files.ts';
import { startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

interface LambdaEvent {
  type: string;
  field: string;
  arguments: Record<string, unknown>;
  identity: Record<string, unknown> | null;
  source: unknown;
  selection: string[];
}

export interface TestGateway {
  gateway: Gateway;
  issuer: TokenIssuer;
  /** `http://127.0.0.1:<port>/graphql` */
  url: string;
  /** The events of the function, newest last. */
  events: LambdaEvent[];
  log: { message: string; details: Record<string, unknown> }[];
  /** Posts a body; objects as JSON. */
  post(
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; body: unknown }>;
  /** Posts a query as a person in these groups. */
  query(
    query: string,
    options?: { variables?: unknown; groups?: string[] | null; operationName?: string },
  ): Promise<unknown>;
  stop(): Promise<void>;
}

export interface TestGatewayOptions {
  sdl?: string;
  /** Answers of the function by `Type.field`; an error that they throw fails the function. */
  answers?: Record<string, (event: LambdaEvent) => unknown>;
  resolvers?: ResolverDefinition[];
  api?: Partial<ApiOptions>;
  options?: Partial<GatewayOptions>;
}

const file = (path: string) => readFileSync(projectFile(path), 'utf8');

const TEST_SCHEMA = file('test/support/gateway/schema.graphql');
const RESOLVER_CODE = file('graphql/resolver.js');
export const PUBLISH_CODE = file('graphql/publish.js');

/**
 * A gateway on its own server, on the loopback, with a token issuer and a function with these
 * `answers`.
 */
export async function startTestGateway(given: TestGatewayOptions = {}): Promise<TestGateway> {
  const { sdl = TEST_SCHEMA, answers = {}, resolvers, api, options } = given;
  const issuer = await startTokenIssuer();
  const events: LambdaEvent[] = [];
  const log: TestGateway['log'] = [];
  const gateway = createGateway({
    schema_sdl: sdl,
    api: { defaultMode: cognitoMode(issuer), additionalModes: [{ type: 'AWS_IAM' }], ...api },
    resolvers: [...unitResolvers(answers), ...(resolvers ?? [])],
    dataSources: {
      function: {
        type: 'AWS_LAMBDA',
        async invoke(event) {
          const call = event as LambdaEvent;
          events.push(call);
          return answers[`${call.type}.${call.field}`]!(call);
        },
      },
      none: { type: 'NONE' },
    },
    region: 'eu-central-1',
    credentials: LOCAL_CREDENTIALS,
    log: (message, details) => log.push({ message, details }),
    ...options,
  });
  const server = createServer((request, response) => void gateway.handleRequest(request, response));
  server.on('upgrade', (request, socket, head) => gateway.handleUpgrade(request, socket, head));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;

  const post: TestGateway['post'] = async (body, headers = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return {
    gateway,
    issuer,
    url,
    events,
    log,
    post,
    async query(query, { variables, groups = ['viewer'], operationName } = {}) {
      const authorization = issuer.token(
        groups === null ? { 'cognito:groups': undefined } : { 'cognito:groups': groups },
      );
      return (await post({ query, variables, operationName }, { authorization })).body;
    },
    async stop() {
      await gateway.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await issuer.stop();
    },
  };
}

function cognitoMode({ issuer, jwksUri, clientId }: TokenIssuer): ApiOptions['defaultMode'] {
  return { type: 'AMAZON_COGNITO_USER_POOLS', issuer, jwksUri, clientIds: [clientId] };
}

function unitResolvers(answers: NonNullable<TestGatewayOptions['answers']>): ResolverDefinition[] {
  return Object.keys(answers).map(name => {
    const [typeName = '', fieldName = ''] = name.split('.');
    return { typeName, fieldName, code: RESOLVER_CODE, dataSource: 'function' };
  });
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { systemClock } from '../../core/time/clock.ts';
import { systemSchedule } from '../../core/time/schedule.ts';
import { makeAuthenticate } from './auth/authenticate.ts';
import type { Identity } from './auth/identity.ts';
import { badRequest } from './errors/transport-error.ts';
import { type ExecutionAnswer, executeOperation } from './execution/execute-operation.ts';
import { makeFieldResolver } from './execution/field-resolver.ts';
import type { GraphqlRequest } from './execution/parse-request.ts';
import { makePrepareOperation } from './execution/prepare-operation.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { makeRequestHandler } from './http/request-handler.ts';
import { LIMITS } from './limits.ts';
import { publicationsOf } from './realtime/publications.ts';
import { makeRealtimeServer } from './realtime/realtime-server.ts';
import { readSubscriptionLinks } from './realtime/subscription-links.ts';
import { checkResolverFields } from './resolvers/check-resolver-fields.ts';
import { compileResolvers } from './resolvers/run-resolver.ts';
import { readAccessRules } from './schema/access-rules.ts';
import { buildSchema } from './schema/build-schema.ts';

/** AppSync's GraphQL and real-time endpoints, to be mounted in a server. */
export interface Gateway {
  /** For requests to the GraphQL path. Never rejects. */
  handleRequest(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** For WebSocket upgrades to `<path>/realtime`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * Makes the endpoints of an API.
 * @throws GatewayConfigurationError naming what AppSync would not take or what isn't built here.
 */
export function createGateway(given: GatewayOptions): Gateway {
  const { path = '/graphql', clock = systemClock, schedule = systemSchedule, log = () => {} } = given;
  const { api } = given;
  const schema = buildSchema(given.schema_sdl);
  checkResolverFields(schema, given.resolvers);
  const resolvers = compileResolvers({ ...given, clock, log });
  const authenticate = makeAuthenticate({ ...given, clock });
  const prepare = makePrepareOperation(schema, api);
  const fieldResolver = makeFieldResolver({
    mayAccess: readAccessRules(schema, api),
    resolvers,
    environment: api.environment ?? {},
    resolverCountLimit: api.resolverCountLimit || LIMITS.resolversPerRequest,
  });
  const execution = { schema, fieldResolver, log };
  const links = readSubscriptionLinks(schema);
  const realtime = makeRealtimeServer({
    path,
    authenticate,
    prepare,
    execution,
    links,
    clock,
    schedule,
    log,
  });

  async function run(
    request: GraphqlRequest,
    identity: Identity,
    headers: Record<string, string>,
    ended: AbortSignal,
  ): Promise<ExecutionAnswer> {
    const prepared = prepare(request);
    if ('errors' in prepared) return { data: null, errors: prepared.errors };
    const kind = prepared.operation.operation;
    if (kind === 'subscription')
      throw badRequest(`Subscriptions are served over WebSocket at ${path}/realtime.`);
    const { scope, rawVariables } = prepared;
    const context = {
      identity,
      headers,
      scope,
      rawVariables,
      withResolvers: true,
      appended: [],
      resolversRun: 0,
    };
    const answer = await executeOperation(
      // A mutation that has begun is completed and published, even if the caller no longer waits.
      { prepared, context, ...(kind === 'query' && { ended }) },
      execution,
    );
    if (kind === 'mutation') {
      for (const publication of publicationsOf(prepared, answer)) {
        realtime.publish(publication).catch(error => log('A publication failed', { error: String(error) }));
      }
    }
    return answer;
  }

  return {
    handleRequest: makeRequestHandler({ path, authenticate, run, schedule, log }),
    handleUpgrade: realtime.handleUpgrade,
    close: realtime.close,
  };
}

import { generateClient } from 'aws-amplify/api';
import { fetchAuthSession, signIn, signOut } from 'aws-amplify/auth';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AmplifyOutputs, authFlow, configureAmplify } from '../../../../web/amplify-loopback.ts';
import { type LocalSignIn, PASSWORD, startLocalSignIn } from '../../../support/gateway/local-sign-in.ts';
import { signHeaders } from '../../../support/gateway/sign-headers.ts';
import { PUBLISH_CODE, startTestGateway, type TestGateway } from '../../../support/gateway/test-gateway.ts';

let people: LocalSignIn;
let server: TestGateway;
let outputs: AmplifyOutputs;

beforeAll(async () => {
  people = await startLocalSignIn(['viewer', 'admin']);
  server = await startTestGateway({
    answers: {
      'Query.site': ({ arguments: { id } }) =>
        id === 's-1'
          ? { data: { id, name: 'Berlin' } }
          : { error: { type: 'NotFound', message: `There is no site ${id}.` } },
      'Query.me': ({ identity }) => ({ data: identity }),
      'Mutation.deleteSite': () => ({ data: { success: true } }),
    },
    resolvers: [{ typeName: 'Mutation', fieldName: 'publishEvent', code: PUBLISH_CODE, dataSource: 'none' }],
    api: { defaultMode: people.mode },
  });
  outputs = {
    version: '1.4',
    auth: {
      aws_region: 'eu-central-1',
      user_pool_id: people.poolId,
      user_pool_client_id: people.clientId,
      username_attributes: ['email'],
      standard_required_attributes: ['email'],
      user_verification_types: ['email'],
    },
    data: {
      url: server.url,
      aws_region: 'eu-central-1',
      default_authorization_type: 'AMAZON_COGNITO_USER_POOLS',
      authorization_types: ['AWS_IAM'],
    },
    custom: { sign_in_endpoint: people.endpoint },
  } as AmplifyOutputs;
  configureAmplify(outputs);
});
afterEach(() => signOut());
afterAll(async () => {
  await server?.stop();
  await people?.stop();
});

const signInAs = (group: string) =>
  signIn({
    username: `${group}@example.com`,
    password: PASSWORD,
    options: { authFlowType: authFlow(outputs) },
  });

interface Answer {
  data: Record<string, unknown> | null;
  errors?: { errorType: string; message: string }[];
}

const client = () => generateClient() as { graphql(request: { query: string; variables?: object }): unknown };
const graphql = (query: string, variables: object = {}) =>
  client().graphql({ query, variables }) as Promise<Answer>;

/** Publishes as a machine does: signed. */
async function publish(variables: { type: string; site_id?: string; data?: string }): Promise<unknown> {
  const query = `mutation ($type: String!, $site_id: ID, $data: AWSJSON) {
    publishEvent(type: $type, site_id: $site_id, data: $data) { type site_id data }
  }`;
  const body = JSON.stringify({ query, variables });
  const answer = await server.post(body, await signHeaders({ url: server.url, body }));
  return answer.body;
}

describe('the Amplify client', () => {
  it('signs in and reads as that person', async () => {
    expect((await signInAs('viewer')).isSignedIn).toBe(true);
    expect(await graphql('query ($id: ID!) { site(id: $id) { id name } }', { id: 's-1' })).toMatchObject({
      data: { site: { id: 's-1', name: 'Berlin' } },
    });
    const { data } = await graphql('{ me }');
    const { tokens } = await fetchAuthSession();
    expect(JSON.parse(data!.me as string)).toMatchObject({
      sub: tokens!.accessToken.payload.sub,
      groups: ['viewer'],
      issuer: people.mode.issuer,
      sourceIp: ['127.0.0.1'],
    });
  });

  it('gets the error of a function with its type', async () => {
    await signInAs('viewer');
    await expect(graphql('{ site(id: "s-2") { id } }')).rejects.toMatchObject({
      data: { site: null },
      errors: [{ path: ['site'], errorType: 'NotFound', message: 'There is no site s-2.' }],
    });
  });

  it('may not use the operations of another group, and may use the others', async () => {
    const mutation = 'mutation { deleteSite(site_id: "s-1") { success } }';
    await signInAs('viewer');
    await expect(graphql(mutation)).rejects.toMatchObject({
      errors: [
        { errorType: 'Unauthorized', message: 'Not Authorized to access deleteSite on type Mutation' },
      ],
    });
    await signOut();
    await signInAs('admin');
    expect(await graphql(mutation)).toMatchObject({ data: { deleteSite: { success: true } } });
  });

  it('receives events as they are published, filtered by its arguments', async () => {
    await signInAs('viewer');
    const heard: unknown[] = [];
    const failed: unknown[] = [];
    const subscription = (
      client().graphql({
        query: 'subscription ($site: ID) { events(site_id: $site) { type site_id data timestamp } }',
        variables: { site: 's-1' },
      }) as { subscribe(observer: object): { unsubscribe(): void } }
    ).subscribe({
      next: (event: { data: unknown }) => heard.push(event.data),
      error: (error: unknown) => failed.push(error),
    });
    await expect
      .poll(
        async () => {
          await publish({ type: 'SITE_DELETED', site_id: 's-2' });
          await publish({ type: 'SITE_DELETED', site_id: 's-1', data: '{"by":"admin"}' });
          return [heard.length > 0, failed];
        },
        { timeout: 15_000 },
      )
      .toEqual([true, []]);
    subscription.unsubscribe();
    expect(heard[0]).toEqual({
      events: { type: 'SITE_DELETED', site_id: 's-1', data: '{"by":"admin"}', timestamp: null },
    });
  });

  it('receives the reason of a refused subscription', async () => {
    await signInAs('viewer');
    const refused = new Promise(resolve =>
      (
        client().graphql({ query: 'subscription { adminEvents { type } }' }) as {
          subscribe(observer: object): unknown;
        }
      ).subscribe({ error: resolve }),
    );
    expect(await refused).toMatchObject({
      errors: [
        {
          message: `Connection failed: ${JSON.stringify({
            errors: [
              {
                errorType: 'Unauthorized',
                message: 'Not Authorized to access adminEvents on type Subscription',
              },
            ],
          })}`,
        },
      ],
    });
  });
});

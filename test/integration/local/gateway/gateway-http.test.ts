import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeTime } from '../../../support/fake-time.ts';
import { startTestGateway, type TestGateway } from '../../../support/gateway/test-gateway.ts';

let server: TestGateway;
const time = fakeTime();
const held = Promise.withResolvers<unknown>();

beforeAll(async () => {
  server = await startTestGateway({
    answers: {
      'Query.me': ({ arguments: args, identity, source, selection }) => ({
        data: { args, identity, source, selection },
      }),
      'Query.sites': ({ arguments: { limit } }) => ({
        data: [{ id: '1', name: 'x'.repeat((limit as number) * 1024 * 1024) }],
      }),
      'Query.machine': () => held.promise,
      'Query.site': ({ selection }) => ({
        data: { id: 's-1', name: selection.join(' '), peer: { id: 's-2', name: 'b' } },
      }),
    },
    options: { schedule: time.schedule },
    api: { queryDepthLimit: 4, resolverCountLimit: 3 },
  });
});
afterAll(async () => {
  held.resolve({ data: null });
  await server.stop();
});

const authorized = (more: Record<string, string> = {}) => ({ authorization: server.issuer.token(), ...more });

describe('a request that is not a GraphQL request is rejected with one error', () => {
  const MALFORMED = 'MalformedHttpRequestException';
  const BAD = 'BadRequestException';
  const UNPARSED = 'Unable to parse GraphQL query.';

  it.each([
    ['no body', '', 400, MALFORMED, 'Request body is empty.'],
    ['blanks', ' \n', 400, MALFORMED, 'Request body is empty.'],
    ['no JSON', 'meow', 400, MALFORMED, UNPARSED],
    ['JSON cut off', '{"query": "{ me', 400, MALFORMED, UNPARSED],
    ['no object', '[]', 400, MALFORMED, UNPARSED],
    ['null', 'null', 400, MALFORMED, UNPARSED],
    ['no query', '{}', 400, MALFORMED, UNPARSED],
    ['a query that is not a string', '{"query": 5}', 400, MALFORMED, UNPARSED],
    ['an empty query', '{"query": ""}', 400, MALFORMED, UNPARSED],
    ['a syntax error', '{"query": "{ me"}', 400, MALFORMED, UNPARSED],
    [
      'variables that are not an object',
      '{"query": "{ me }", "variables": [1]}',
      400,
      BAD,
      'variables must be an object.',
    ],
    [
      'an operation name that is not a string',
      '{"query": "{ me }", "operationName": 5}',
      400,
      BAD,
      'operationName must be a string.',
    ],
    [
      'an unknown operation',
      '{"query": "query A { me }", "operationName": "B"}',
      400,
      BAD,
      "Unknown operation named 'B'.",
    ],
    [
      'several operations without a name',
      '{"query": "query A { me } query B { me }"}',
      400,
      BAD,
      'Must provide operation name if query contains multiple operations.',
    ],
    [
      'fragments only',
      '{"query": "fragment f on Site { id }"}',
      400,
      BAD,
      'The request contains no operation.',
    ],
    [
      'a subscription',
      '{"query": "subscription { events { id } }"}',
      400,
      BAD,
      'Subscriptions are served over WebSocket at /graphql/realtime.',
    ],
    [
      'a body over 1 MiB',
      `{"query": "${' '.repeat(1024 * 1024)}"}`,
      413,
      'RequestEntityTooLargeException',
      'Request body is over 1048576 bytes.',
    ],
  ])('%s', async (_, body, status, errorType, message) => {
    const answer = await server.post(body, authorized());
    expect(answer).toMatchObject({ status, body: { errors: [{ errorType, message }] } });
    expect(answer.headers.get('x-amzn-errortype')).toBe(errorType);
  });

  it('at another path or with another method', async () => {
    const other = await fetch(server.url.replace('/graphql', '/other'), {
      method: 'POST',
      headers: authorized(),
    });
    expect([other.status, await other.json()]).toEqual([
      404,
      {
        errors: [{ errorType: 'UnknownOperationException', message: 'GraphQL is served at POST /graphql.' }],
      },
    ]);
    expect((await fetch(server.url, { headers: authorized() })).status).toBe(404);
  });
});

describe('an answer', () => {
  it('is JSON with a request id, for pages of this machine', async () => {
    const origin = 'http://localhost:3000';
    const { status, headers, body } = await server.post({ query: '{ __typename }' }, authorized({ origin }));
    expect([status, body]).toEqual([200, { data: { __typename: 'Query' } }]);
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'content-type': 'application/json;charset=UTF-8',
      'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it("to a browser's preflight request allows pages of this machine", async () => {
    const response = await fetch(server.url, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:3000',
        'access-control-request-headers': 'authorization,x-amz-user-agent',
      },
    });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization,x-amz-user-agent',
    });
  });

  it('returns the schema to introspection', async () => {
    const query = '{ __schema { types { fields { type { ofType { ofType { ofType { name } } } } } } } }';
    expect(await server.query(query)).toHaveProperty('data.__schema.types.0');
  });

  it('refuses introspection if the API disables it, and still returns data', async () => {
    const closed = await startTestGateway({
      answers: { 'Query.me': () => ({ data: 1 }) },
      api: { introspection: false },
    });
    expect(await closed.query('{ __schema { queryType { name } } }')).toMatchObject({
      data: null,
      errors: [
        { errorType: 'ValidationError', message: 'Introspection is disabled for this API.' },
        { errorType: 'ValidationError', message: 'Introspection is disabled for this API.' },
      ],
    });
    expect(await closed.query('{ me __typename }')).toEqual({ data: { me: '1', __typename: 'Query' } });
    await closed.stop();
  });

  it('is an error above 5 MiB', async () => {
    expect(await server.query('{ sites(limit: 5) { name } }')).toEqual({
      data: null,
      errors: [
        {
          path: null,
          data: null,
          errorType: 'ResponseTooLarge',
          errorInfo: null,
          locations: null,
          message: 'The response is over 5242880 bytes.',
        },
      ],
    });
  });

  it('is an error after 30 s', async () => {
    const { signHeaders } = await import('../../../support/gateway/sign-headers.ts');
    const body = '{"query": "{ machine }"}';
    const answer = server.post(body, await signHeaders({ url: server.url, body }));
    await expect.poll(() => server.events.some(({ field }) => field === 'machine')).toBe(true);
    await time.advance(29_999);
    await time.advance(1);
    expect((await answer).body).toEqual({
      data: null,
      errors: [
        {
          path: null,
          data: null,
          errorType: 'ExecutionTimeout',
          errorInfo: null,
          locations: null,
          message: 'Execution timed out.',
        },
      ],
    });
  });

  it('keeps to the limits of the API for depth and resolvers', async () => {
    expect(await server.query('{ site(id: 1) { peer { peer { id } } } }')).toHaveProperty('data.site');
    expect(
      await server.query('{ site(id: 1) { peer { peer { ...f } } } } fragment f on Site { peer { id } }'),
    ).toMatchObject({
      data: null,
      errors: [{ errorType: 'ValidationError', message: 'Query depth limit of 4 exceeded.' }],
    });
    expect(await server.query('{ a: me b: me c: me d: me }')).toMatchObject({
      data: { d: null },
      errors: [
        { path: ['d'], errorType: 'ValidationError', message: 'A request may run at most 3 resolvers.' },
      ],
    });
  });
});

describe('the event of the function', () => {
  it('contains operation, arguments, identity and selection', async () => {
    await server.query(
      `query ($yes: Boolean!) {
        s: site(id: 5) { id ...names other: peer { id @skip(if: $yes) name } ... on Site { nick @include(if: $yes) } __typename }
      }
      fragment names on Site { name id }`,
      { variables: { yes: true } },
    );
    const event = server.events.at(-1)!;
    expect(event).toEqual({
      type: 'Query',
      field: 'site',
      arguments: { id: '5' },
      source: null,
      selection: ['id', 'name', 'other', 'other/name', 'nick', '__typename'],
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      identity: {
        sub: 'sub-1',
        username: 'viewer@example.com',
        groups: ['viewer'],
        issuer: server.issuer.issuer,
        sourceIp: ['127.0.0.1'],
        defaultAuthStrategy: 'ALLOW',
        claims: expect.objectContaining({ token_use: 'access', client_id: server.issuer.clientId }),
      },
    });
  });
});

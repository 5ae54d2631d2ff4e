import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRealtime } from '../../../support/gateway/realtime-client.ts';
import { startTestGateway, type TestGateway } from '../../../support/gateway/test-gateway.ts';

let server: TestGateway;
beforeAll(async () => {
  server = await startTestGateway({
    answers: {
      'Query.me': ({ arguments: args }) => ({ data: args }),
      'Query.sites': () => ({ data: [] }),
      'Query.site': ({ arguments: { id } }) => ({ data: { id, name: 'n' } }),
    },
  });
});
afterAll(() => server.stop());

/** Pieces of requests, in any order and number, so that some of them are almost valid. */
const pieces = fc.constantFrom(
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    '"',
    ':',
    ',',
    '$',
    '...',
    '@',
    '!',
    '\\',
    '#',
    '"""',
    '\u0000',
    '\ud800',
    '🔑',
  ],
  ...[
    'query',
    'mutation',
    'subscription',
    'fragment',
    'on',
    'Site',
    'Q',
    'site',
    'sites',
    'me',
    'id',
    'limit',
    'filter',
  ],
  ...[
    'null',
    'true',
    '5',
    '1e999',
    '-0',
    '__typename',
    '__schema',
    '@skip(if: true)',
    '@include(if: $x)',
    '$x: Int = 3',
  ],
);
const almostGraphql = fc.array(pieces, { maxLength: 40 }).map(parts => parts.join(' '));

const aBody = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc
    .record(
      {
        query: fc.oneof(almostGraphql, fc.json(), fc.string()),
        variables: fc.anything(),
        operationName: fc.oneof(fc.string(), fc.anything()),
      },
      { requiredKeys: [] },
    )
    .map(body => JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? `${value}` : value)) ?? ''),
);

describe('any input', () => {
  it('over HTTP is answered with data, or with errors that have a type and a message', async () => {
    const authorization = server.issuer.token();
    await fc.assert(
      fc.asyncProperty(aBody, async body => {
        const answer = await server.post(body, { authorization });
        expect([200, 400]).toContain(answer.status);
        const { data, errors } = answer.body as {
          data?: unknown;
          errors?: { errorType: string; message: string }[];
        };
        if (errors === undefined) expect(data).toBeTypeOf('object');
        else
          for (const error of errors)
            expect([typeof error.errorType, typeof error.message]).toEqual(['string', 'string']);
        expect(answer.body).not.toHaveProperty('errors.0.errorType', 'InternalFailure');
      }),
      { numRuns: 400 },
    );
  });

  it.each([100, 201, 2000, 4500, 50_000])('is answered at any depth: %i levels', async levels => {
    const authorization = server.issuer.token();
    const deep = (open: string, close: string) => open.repeat(levels) + close.repeat(levels);
    const tooDeep = {
      errors: [{ errorType: 'BadRequestException', message: 'The query nests deeper than 200 levels.' }],
    };
    for (const query of [
      `{ site(id: 1) ${deep('{ id peer ', '}')} }`,
      `{ site(id: ${deep('[', ']')}) { id } }`,
    ]) {
      const answer = await server.post({ query }, { authorization });
      expect(answer.status).toBeLessThan(500);
      if (levels > 200) expect(answer.body).toEqual(tooDeep);
    }
    const variables = `{"query":"query ($x: ID!) { site(id: $x) { id } }","variables":{"x":${deep('[', ']')}}}`;
    expect((await server.post(variables, { authorization })).status).toBeLessThan(500);
  });

  it('over the WebSocket does not affect the connection', async () => {
    const headers = { Authorization: server.issuer.token() };
    const client = await connectRealtime(server.url, { headers });
    const aMessage = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record(
        {
          id: fc.constantFrom('1', '2', 5),
          type: fc.constantFrom('start', 'stop', 'x'),
          payload: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
      almostGraphql.map(query => ({
        id: '3',
        type: 'start',
        payload: { data: JSON.stringify({ query }), extensions: { authorization: headers } },
      })),
    );
    await fc.assert(
      fc.asyncProperty(aMessage, async message => {
        client.send(message);
        expect(['error', 'start_ack', 'complete']).toContain((await client.next()).type);
      }),
      { numRuns: 300 },
    );
    client.close();
    await client.closed;
  });
});

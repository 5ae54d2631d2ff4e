import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, startServer } from '../../../../local/system/server.ts';
import { startTestGateway, type TestGateway } from '../../../support/gateway/test-gateway.ts';

let gateway: TestGateway;
let server: LocalServer;
const held = Promise.withResolvers<unknown>();
const MANY = 10_000;

beforeAll(async () => {
  gateway = await startTestGateway({
    answers: {
      'Query.site': () => ({ data: { id: 's-1', name: 'x'.repeat(100 * 1024) } }),
      'Query.sites': () => ({
        data: Array.from({ length: MANY }, (_, id) => ({ id, name: 'n', peer: { id, name: 'p' } })),
      }),
      'Query.me': () => ({ data: { me: true } }),
      'Query.fails': () => held.promise,
    },
  });
  server = await startServer(0);
  server.mount({ gateway: gateway.gateway, services: new Map() });
  server.setReady();
});
afterAll(async () => {
  held.resolve({ data: null });
  await server.close();
  await gateway.stop();
});

async function ask(body: unknown): Promise<{ data?: unknown; errors?: Record<string, unknown>[] }> {
  const response = await fetch(`${server.address}/graphql`, {
    method: 'POST',
    headers: { authorization: gateway.issuer.token() },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return (await response.json()) as { data?: unknown };
}

const repeated = (count: number, textOf: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => textOf(index)).join(' ');

/** Fragments of which each spreads the next one twice. */
const doubling = (levels: number) =>
  `{ site(id: 1) { ...f0 } } ${repeated(levels, i => `fragment f${i} on Site { a: peer { ...f${i + 1} } b: peer { ...f${i + 1} } }`)}
  fragment f${levels} on Site { id }`;

/** Three fragments, each inside the deepest field of the one before. */
const chain = (levels: number) =>
  `{ site(id: 1) { ...f0 } } ${repeated(3, i => `fragment f${i} on Site { ${'peer { '.repeat(levels)} ...f${i + 1} ${'}'.repeat(levels)} }`)}
  fragment f3 on Site { id }`;

const TOO_MANY_SELECTIONS =
  'The query selects more than 10000 fields, those of a fragment counted each time that it is spread. Split the request.';
const TOO_MUCH_SCHEMA =
  'The query may answer more than 100000 values of the schema. Ask for types, fields and arguments once each.';
const VARIABLES = 'query ($values: [Int!]) { many(values: $values) }';

describe('a request for too much work is rejected before that work begins', () => {
  it.each<[string, unknown, string, string]>([
    ['fragments that double', { query: doubling(40) }, 'ValidationError', TOO_MANY_SELECTIONS],
    ['fragments that double without end', { query: doubling(450) }, 'ValidationError', TOO_MANY_SELECTIONS],
    [
      'a fragment that spreads itself',
      {
        query: '{ site(id: 1) { ...a } } fragment a on Site { peer { ...a nothing } }',
      },
      'ValidationError',
      "Validation error of type FragmentCycle: Fragment cycles not allowed @ 'peer'",
    ],
    [
      'a chain of fragments',
      { query: chain(100) },
      'ValidationError',
      'The query nests deeper than 200 levels.',
    ],
    [
      'many fragments',
      { query: `{ me } ${repeated(501, i => `fragment f${i} on Site { id }`)}` },
      'ValidationError',
      'The query has more than 500 fragments. Split the request.',
    ],
    [
      'many aliases',
      { query: `{ ${repeated(1001, i => `a${i}: me`)} }` },
      'ValidationError',
      'The query has more than 1000 aliases. Split the request.',
    ],
    [
      'one field very often',
      { query: `{ ${repeated(6000, () => 'me')} }` },
      'ValidationError',
      "The query selects 'me' more than 50 times at the same place. Select it once.",
    ],
    [
      'one field very often, over fragments',
      { query: `{ ...a ${repeated(30, () => 'me')} } fragment a on Query { ${repeated(30, () => 'me')} }` },
      'ValidationError',
      "The query selects 'me' more than 50 times at the same place. Select it once.",
    ],
    [
      'one field very often, below one that repeats',
      { query: `{ ${repeated(20, () => `site(id: 1) { ${repeated(20, () => 'id')} }`)} }` },
      'ValidationError',
      "The query selects 'id' more than 50 times at the same place. Select it once.",
    ],
    [
      'many tokens',
      { query: `{ many(values: [${repeated(90_000, () => '"x"')}]) }` },
      'BadRequestException',
      'The query has more than 15000 tokens. Pass lists of values as variables, or split the request.',
    ],
    [
      'the schema a hundred times',
      { query: `{ ${repeated(900, i => `a${i}: __schema { types { fields { name } } }`)} }` },
      'ValidationError',
      TOO_MUCH_SCHEMA,
    ],
    [
      'the schema inside itself',
      {
        query: `{ __schema { types { fields { type { fields { ${repeated(500, i => `a${i}: name`)} } } } } } }`,
      },
      'ValidationError',
      TOO_MUCH_SCHEMA,
    ],
    [
      'variables that nest',
      `{"query":"{ me }","variables":{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`,
      'BadRequestException',
      'The request nests deeper than 200 levels.',
    ],
    [
      'an answer over the limit',
      { query: `{ site(id: 1) { ${repeated(1000, i => `a${i}: name`)} } }` },
      'ResponseTooLarge',
      'The response is over 5242880 bytes.',
    ],
    [
      'an answer of very many fields',
      { query: `{ sites { ${repeated(900, i => `a${i}: id`)} } }` },
      'ResponseTooLarge',
      'The response is over 5242880 bytes.',
    ],
  ])('%s', async (_, body, errorType, message) => {
    const hostile = ask(body);
    const healthy = fetch(`${server.address}/healthz`).then(response => response.text());
    const other = ask({ query: '{ __typename }' });
    expect(await Promise.all([healthy, other])).toEqual(['ready\n', { data: { __typename: 'Query' } }]);
    const { errors } = await hostile;
    expect(errors).toHaveLength(1);
    expect(errors![0]).toMatchObject({ errorType, message });
  });

  it('finds at most a hundred errors', async () => {
    const { errors } = await ask({ query: `{ ${repeated(5000, i => `no${i}`)} }` });
    expect(errors).toHaveLength(101);
    expect(errors!.at(-2)).toMatchObject({
      message: "Validation error of type FieldUndefined: Field 'no99' in type 'Query' is undefined @ 'no99'",
    });
    expect(errors!.at(-1)).toMatchObject({
      errorType: 'ValidationError',
      message: 'The query has more than 100 errors; further ones were not checked.',
    });
  });

  it('finds at most fifty wrong values in variables', async () => {
    const { errors } = await ask({ query: VARIABLES, variables: { values: Array(90_000).fill('x') } });
    expect(errors).toHaveLength(51);
    expect(errors![0]).toMatchObject({
      message: 'Variable \'values\' has an invalid value. Int cannot represent non-integer value: "x"',
    });
    expect(errors!.at(-1)).toMatchObject({
      errorType: 'ValidationError',
      message: 'The variables have more than 50 errors; further ones were not checked.',
    });
  });

  it('quotes only the beginning of long values', async () => {
    const long = 'x'.repeat(500_000);
    const literal = await ask({ query: `{ many(values: "${long}") }` });
    expect(literal.errors![0]).toMatchObject({
      message: `Validation error of type WrongType: argument 'values' with value 'StringValue{value='${'x'.repeat(80)}…'}' is not a valid '[Int!]' @ 'many'`,
    });
    for (const body of [
      { query: VARIABLES, variables: { values: [long] } },
      { query: `{ ${long} }` },
      { query: '{ me }', operationName: long },
      { query: `{ many(filters: [${repeated(3000, () => '{a: 1}')}]) }` },
    ]) {
      const { errors } = await ask(body);
      for (const { message } of errors!) expect(String(message).length).toBeLessThanOrEqual(1001);
    }
  });
});

describe('a large request lets other requests run', () => {
  it('while its long list is completed', async () => {
    let done = false;
    const long = ask({ query: '{ sites { id name peer { id name } } }' }).finally(() => {
      done = true;
    });
    await expect.poll(() => gateway.events.some(({ field }) => field === 'sites')).toBe(true);
    const between: boolean[] = [];
    for (let asked = 0; asked < 3; asked++) {
      await ask({ query: '{ __typename }' });
      between.push(done);
    }
    expect(between).toEqual([false, false, false]);
    expect((await long).data).toHaveProperty(`sites.${MANY - 1}.peer.name`, 'p');
  });

  it('while its functions run, four at a time', async () => {
    const calls = () => gateway.events.filter(({ field }) => field === 'fails').length;
    const many = ask({ query: `{ ${repeated(40, i => `a${i}: fails`)} }` });
    await expect.poll(calls).toBe(4);
    expect(await ask({ query: '{ me }' })).toEqual({ data: { me: '{"me":true}' } });
    expect(calls()).toBe(4);
    held.resolve({ data: 'x' });
    expect(Object.keys((await many).data as object)).toHaveLength(40);
    expect(calls()).toBe(40);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../../core/local-credentials.ts';
import { createGateway } from '../../../../local/gateway/gateway.ts';
import type { ResolverDefinition } from '../../../../local/gateway/gateway-options.ts';
import { startTestGateway, type TestGateway } from '../../../support/gateway/test-gateway.ts';

let server: TestGateway | undefined;
afterEach(() => server?.stop());

const SDL = `type Query { field(a: String, b: AWSJSON): AWSJSON other: Thing } type Thing { name: String inner: AWSJSON }`;

/** Code of a resolver from the bodies of its handlers. */
const code = (request: string, response = 'return ctx.result;') => `
  import { util, runtime, extensions } from '@aws-appsync/utils';
  export function request(ctx) { ${request} }
  export function response(ctx) { ${response} }
`;

const onField = (source: string): ResolverDefinition => ({
  typeName: 'Query',
  fieldName: 'field',
  code: source,
  dataSource: 'none',
});

async function run(
  resolver: ResolverDefinition,
  query = '{ field(a: "x", b: "{\\"c\\":1}") }',
  options = {},
) {
  server = await startTestGateway({ sdl: SDL, resolvers: [resolver], ...options });
  const { data, errors } = (await server.query(query)) as {
    data: { field: string } | null;
    errors?: object[];
  };
  const value = data?.field;
  return { value: typeof value === 'string' ? JSON.parse(value) : value, errors };
}

describe('the code of a resolver', () => {
  it('sees the context, JSON arguments parsed', async () => {
    const { value } = await run(
      onField(code('return { payload: ctx };')),
      'query Q($v: String) { field(a: $v, b: "{\\"c\\":1}") }',
    );
    expect(value).toEqual({
      arguments: { b: { c: 1 } },
      args: { b: { c: 1 } },
      identity: expect.objectContaining({ groups: ['viewer'] }),
      source: null,
      stash: {},
      env: {},
      prev: null,
      result: null,
      error: null,
      outErrors: [],
      request: { domainName: null, headers: expect.objectContaining({ host: expect.any(String) }) },
      info: {
        fieldName: 'field',
        parentTypeName: 'Query',
        variables: {},
        selectionSetList: [],
        selectionSetGraphQL: '',
      },
    });
  });

  it('receives the parent of its field', async () => {
    server = await startTestGateway({
      sdl: SDL,
      resolvers: [
        {
          typeName: 'Query',
          fieldName: 'other',
          code: code('return { payload: { name: "n" } };'),
          dataSource: 'none',
        },
        {
          typeName: 'Thing',
          fieldName: 'inner',
          code: code('return { payload: [ctx.source, ctx.info.selectionSetList] };'),
          dataSource: 'none',
        },
      ],
    });
    expect(await server.query('{ other { inner } }')).toEqual({
      data: { other: { inner: '[{"name":"n"},[]]' } },
    });
  });

  it.each([
    [
      "util.error('m', 'T', { d: 1 }, { i: 2 })",
      { message: 'm', errorType: 'T', data: { d: 1 }, errorInfo: { i: 2 } },
    ],
    ["util.error('m')", { message: 'm', errorType: null, data: null, errorInfo: null }],
    [
      'util.unauthorized()',
      { message: 'Not Authorized to access field on type Query', errorType: 'Unauthorized' },
    ],
    ['ctx.nothing.at.all', { message: 'Runtime Error', errorType: 'Code' }],
    ['util.dynamodb.toMapValues({})', { message: 'Runtime Error', errorType: 'Code' }],
    ['extensions.setSubscriptionFilter({})', { message: 'Runtime Error', errorType: 'Code' }],
    ["eval('1')", { message: 'Runtime Error', errorType: 'Code' }],
    ['Date.now()', { message: 'Runtime Error', errorType: 'Code' }],
  ])('fails its field with %s', async (statement, error) => {
    const { value, errors } = await run(onField(code(`${statement}; return {};`)));
    expect(value).toBeNull();
    expect(errors).toEqual([
      expect.objectContaining({
        ...error,
        path: ['field'],
        locations: [{ line: 1, column: 3, sourceName: null }],
      }),
    ]);
  });

  it('is reported by name if it uses unsupported features', async () => {
    await run(onField(code('util.dynamodb.toMapValues({}); return {};')));
    expect(server!.log).toEqual([
      {
        message: 'Resolver code failed',
        details: {
          field: 'Query.field',
          error: "UnsupportedInResolver: util.dynamodb isn't available in the local runtime",
        },
      },
    ]);
  });

  it('returns an appended error with the data', async () => {
    const { value, errors } = await run(
      onField(code("util.appendError('half', 'Partly'); return { payload: 5 };")),
    );
    expect(value).toBe(5);
    expect(errors).toEqual([
      expect.objectContaining({ message: 'half', errorType: 'Partly', path: ['field'] }),
    ]);
  });

  it('can return early, without the data source and the response', async () => {
    expect(
      await run(onField(code('runtime.earlyReturn({ early: ctx.args.a });', 'util.error("never");'))),
    ).toEqual({
      value: { early: 'x' },
      errors: undefined,
    });
  });

  it('has the functions of util', async () => {
    const { value } = await run(
      onField(
        code(`return { payload: [
          util.autoId().length, util.autoUlid().length, util.base64Decode(util.base64Encode('ü')), util.urlEncode('a b&'),
          util.urlDecode('a+b%26'), util.escapeJavaScript('"'), util.matches('^a+$', 'aaa'), util.authType(),
          util.time.epochMilliSecondsToISO8601(0), util.time.parseISO8601ToEpochMilliSeconds('1970-01-01T00:00:01Z'),
          util.time.nowISO8601(), util.time.nowEpochSeconds(), util.time.epochMilliSecondsToSeconds(1999),
          util.str.toUpper('a'), util.str.toReplace('aXa', 'a', 'b'), util.math.roundNum(1.5), util.math.maxVal(1, 2),
        ] };`),
      ),
      undefined,
      { options: { clock: () => 5000 } },
    );
    expect(value).toEqual([
      ...[36, 26, 'ü', 'a+b%26'],
      ...['a b&', '\\"', true, 'User Pool Authorization'],
      ...['1970-01-01T00:00:00.000Z', 1000],
      ...['1970-01-01T00:00:05.000Z', 5, 1],
      ...['A', 'bXb', 2, 2],
    ]);
  });

  it('runs a pipeline: before, each function with the previous result, after', async () => {
    const step = (name: string, more = '') => ({
      code: code(`${more} return { payload: { ${name}: true, before: ctx.prev.result, stash: ctx.stash } };`),
      dataSource: 'none',
    });
    const pipeline = {
      typeName: 'Query',
      fieldName: 'field',
      code: code('ctx.stash.a = ctx.args.a; return { start: true };', 'return { end: ctx.prev.result };'),
    };
    const functions = {
      one: step('one'),
      two: step('two'),
      stop: step('stop', 'runtime.earlyReturn({ stopped: ctx.prev.result }, { skipTo: "END" });'),
    };
    const one = { one: true, before: { start: true }, stash: { a: 'x' } };
    expect(
      await run({ ...pipeline, pipeline: ['one', 'two'] }, undefined, { options: { functions } }),
    ).toEqual({
      value: { end: { two: true, before: one, stash: { a: 'x' } } },
    });
    await server!.stop();
    expect(
      await run({ ...pipeline, pipeline: ['one', 'stop', 'two'] }, undefined, { options: { functions } }),
    ).toEqual({
      value: { end: { stopped: one } },
    });
  });

  it('may only use Invoke on a function', async () => {
    const resolver = {
      ...onField(code("return { operation: 'BatchInvoke', payload: 1 };")),
      dataSource: 'function',
    };
    expect((await run(resolver)).errors).toEqual([
      expect.objectContaining({
        errorType: 'UnsupportedOperation',
        message: "Query.field: operation BatchInvoke isn't available in the local runtime, only Invoke",
      }),
    ]);
  });

  it('receives the error of a function', async () => {
    const resolver = {
      ...onField(code("return { operation: 'Invoke', payload: 1 };", 'return [ctx.error, ctx.result];')),
      dataSource: 'function',
    };
    expect(await run(resolver)).toMatchObject({
      value: [{ type: 'Lambda:Unhandled', message: expect.any(String) }, null],
    });
  });
});

describe('an API that AppSync would reject, or that is not supported here, is rejected when it is created', () => {
  const make =
    (resolvers: ResolverDefinition[], sdl = SDL) =>
    () =>
      createGateway({
        schema_sdl: sdl,
        api: { defaultMode: { type: 'AWS_IAM' } },
        resolvers,
        dataSources: { none: { type: 'NONE' } },
        region: 'eu-central-1',
        credentials: LOCAL_CREDENTIALS,
      });
  const uses = (what: string) => `The code of Query.field uses a feature that APPSYNC_JS lacks: ${what}`;

  it.each([
    [onField(code('throw 1;')), uses('throw: use util.error')],
    [onField(code('try { } finally { }')), uses('try')],
    [onField(code('while (true) { }')), uses('while')],
    [onField(code('for (let i = 0; i < 2; i += 1) { }')), uses('for (;;): use for of')],
    [onField(code('let i = 0; i++;')), uses('++ and --')],
    [onField(code('return /x/;')), uses('regular expressions: use util.matches')],
    [onField(code('return new Map();')), uses('new')],
    [onField(code('return this;')), uses('this')],
    [onField(code('return ~1;')), uses('~')],
    [onField(code('return (async () => 1)();')), uses('async')],
    [onField(`import fs from 'node:fs'; ${code('')}`), uses('import of node:fs')],
    [
      onField('export function request() { return {}; }'),
      'The code of Query.field must export the functions request and response',
    ],
    [
      onField('export function request( {'),
      expect.stringMatching(/^The code of Query\.field can't be read: /),
    ],
    [
      { ...onField(code('')), fieldName: 'nowhere' },
      'There is a resolver for Query.nowhere, but no such field in the schema',
    ],
    [
      { ...onField(code('')), dataSource: 'nowhere' },
      "Query.field names the data source nowhere, which isn't there",
    ],
    [
      { typeName: 'Query', fieldName: 'field', code: code(''), pipeline: ['nowhere'] },
      "Query.field names the function nowhere, which isn't there",
    ],
  ])('%#', (resolver, message) => {
    expect(make([resolver as ResolverDefinition])).toThrow(
      expect.objectContaining({ name: 'GatewayConfigurationError', message }),
    );
  });

  it('names a subscription whose mutation has another type', () => {
    const sdl = `
      type Query { a: String } type Mutation { change: Int }
      type Subscription { changes: String @aws_subscribe(mutations: ["change"]) }`;
    expect(make([], sdl)).toThrow('Subscription.changes needs a mutation change of its own type: String');
  });
});

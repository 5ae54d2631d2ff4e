import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { fakeTime } from '../../../support/fake-time.ts';
import {
  type ConnectOptions,
  connectRealtime,
  type RealtimeClient,
} from '../../../support/gateway/realtime-client.ts';
import { signHeaders } from '../../../support/gateway/sign-headers.ts';
import { PUBLISH_CODE, startTestGateway, type TestGateway } from '../../../support/gateway/test-gateway.ts';
import { FOREIGN_KEY } from '../../../support/gateway/token-issuer.ts';

const time = fakeTime(Date.now());
let server: TestGateway;
let clients: RealtimeClient[] = [];

beforeAll(async () => {
  const on = (typeName: string, fieldName: string, code: string) => ({
    typeName,
    fieldName,
    code,
    dataSource: 'none',
  });
  server = await startTestGateway({
    answers: { 'Mutation.createSite': ({ arguments: { name } }) => ({ data: { id: 's-1', name } }) },
    resolvers: [
      on(
        'Mutation',
        'publishEvent',
        `export function request(ctx) { return { payload: { id: 'e-1', ...ctx.args } }; }
        export function response(ctx) { return ctx.result; }`,
      ),
      on('Mutation', 'publishHidden', PUBLISH_CODE),
      on(
        'Subscription',
        'filtered',
        `import { extensions, util } from '@aws-appsync/utils';
        export function request(ctx) {
          if (ctx.args.least < 0) util.error('least must not be below 0', 'ValidationError');
          extensions.setSubscriptionFilter({ filterGroup: [{ filters: [
            { fieldName: 'type', operator: ctx.args.least > 9 ? 'unheardOf' : 'beginsWith', value: 'SITE' },
            { fieldName: 'site_id', operator: 'ge', value: 's-' + ctx.args.least } ] }] });
          return { payload: null };
        }
        export function response() { return null; }`,
      ),
    ],
    options: { clock: time.clock, schedule: time.schedule },
  });
});
afterEach(async () => {
  for (const client of clients) client.close();
  await Promise.all(clients.map(({ closed }) => closed));
  clients = [];
});
afterAll(() => server.stop());

const host = () => new URL(server.url).host;
const person = (...groups: string[]) => ({
  host: host(),
  Authorization: server.issuer.token({ 'cognito:groups': groups }),
});

const sign = (url: string, body: string) => signHeaders({ url, body, at: new Date(time.clock()) });

async function connect(options: ConnectOptions): Promise<RealtimeClient> {
  const client = await connectRealtime(server.url, options);
  clients.push(client);
  return client;
}

async function connected(options: ConnectOptions = { headers: person('viewer') }): Promise<RealtimeClient> {
  const client = await connect(options);
  client.send({ type: 'connection_init' });
  expect(await client.next()).toEqual({ type: 'connection_ack', payload: { connectionTimeoutMs: 300_000 } });
  expect(await client.next()).toEqual({ type: 'ka' });
  return client;
}

async function subscribe(
  client: RealtimeClient,
  id: string,
  query: string,
  more: { variables?: object; headers?: object } = {},
) {
  client.start(id, { query, headers: person('viewer'), ...more });
  expect(await client.next()).toEqual({ id, type: 'start_ack' });
}

async function publish(mutation: string): Promise<unknown> {
  const body = JSON.stringify({ query: `mutation { ${mutation} }` });
  return (await server.post(body, await sign(server.url, body))).body;
}

describe('connecting', () => {
  it.each(['subprotocol', 'query'] as const)('as a person, in the %s', async form => {
    await connected({ headers: person('viewer'), form });
  });

  it.each(['subprotocol', 'query'] as const)('as a machine, in the %s', async form => {
    const url = `${server.url}/connect`;
    const client = await connected({ headers: await sign(url, '{}'), form });
    const query = 'subscription { events { type } }';
    const data = JSON.stringify({ query });
    client.send({
      id: '1',
      type: 'start',
      payload: { data, extensions: { authorization: await sign(server.url, data) } },
    });
    expect(await client.next()).toEqual({ id: '1', type: 'start_ack' });
  });

  it.each<[string, () => ConnectOptions, object]>([
    [
      'without credentials',
      () => ({}),
      { errorType: 'BadRequestException', errorCode: 400, message: 'Required headers are missing.' },
    ],
    [
      'with credentials that are not JSON',
      () => ({ headers: 'meow' }),
      { errorType: 'BadRequestException', errorCode: 400, message: 'Required headers are missing.' },
    ],
    [
      'without a token',
      () => ({ headers: { host: host() } }),
      {
        errorType: 'UnauthorizedException',
        errorCode: 401,
        message: 'Valid authorization header not provided.',
      },
    ],
    [
      'with an expired token',
      () => ({ headers: { Authorization: server.issuer.token({ exp: 1 }) } }),
      { errorType: 'UnauthorizedException', errorCode: 401, message: 'Token has expired.' },
    ],
    [
      'with a foreign token',
      () => ({ headers: { Authorization: server.issuer.token({}, { key: FOREIGN_KEY }) } }),
      {
        errorType: 'UnauthorizedException',
        errorCode: 401,
        message: 'Valid authorization header not provided.',
      },
    ],
  ])('is rejected %s', async (_, options, error) => {
    const client = await connect(options());
    expect(await client.next()).toEqual({ type: 'connection_error', payload: { errors: [error] } });
    expect((await client.closed)[0]).toBe(4400);
  });

  it('is rejected with another protocol', async () => {
    const socket = new WebSocket(`${server.url.replace('http:', 'ws:')}/realtime`);
    const [data] = await once(socket, 'message');
    expect(JSON.parse(String(data))).toEqual({
      type: 'connection_error',
      payload: { errors: [{ message: 'SubProtocolNotSupportedError', errorCode: 400 }] },
    });
    await once(socket, 'close');
  });

  it('is possible on the real-time path only', async () => {
    const socket = new WebSocket(`${server.url.replace('http:', 'ws:')}/other`, ['graphql-ws']);
    const [error] = await once(socket, 'error');
    expect(String(error)).toBe('Error: Unexpected server response: 404');
  });

  it('is kept alive every minute', async () => {
    const client = await connected();
    await time.advance(60_000);
    expect(await client.next()).toEqual({ type: 'ka' });
    await time.advance(60_000);
    expect(await client.next()).toEqual({ type: 'ka' });
  });

  it('ends when its token expires', async () => {
    const exp = Math.floor(time.clock() / 1000) + 600;
    const client = await connected({ headers: { Authorization: server.issuer.token({ exp }) } });
    await time.advance(exp * 1000 - time.clock());
    expect(await client.closed).toEqual([4401, 'Token has expired.']);
  });
});

describe('a subscription', () => {
  const EVENTS = 'subscription ($site: ID) { events(site_id: $site) { id type site_id data timestamp } }';

  it('receives the fields that a mutation selected, and null for the others', async () => {
    const client = await connected();
    await subscribe(client, '1', EVENTS);
    expect(
      await publish(
        'publishEvent(type: "A", site_id: "s-1", data: "[1]") { id kind: type ...more } } fragment more on Event { data',
      ),
    ).toEqual({
      data: { publishEvent: { id: 'e-1', kind: 'A', data: '[1]' } },
    });
    expect(await client.next()).toEqual({
      id: '1',
      type: 'data',
      payload: { data: { events: { id: 'e-1', type: 'A', site_id: null, data: '[1]', timestamp: null } } },
    });
  });

  it('receives an error for a missing field that may not be null', async () => {
    const client = await connected();
    await subscribe(client, '1', 'subscription { e: events { id type } }');
    await publish('publishEvent(type: "A") { id }');
    expect(await client.next()).toEqual({
      id: '1',
      type: 'data',
      payload: {
        data: { e: null },
        errors: [
          {
            path: ['e', 'type'],
            data: null,
            errorType: null,
            errorInfo: null,
            locations: null,
            message: "Cannot return null for non-nullable type: 'String' within parent 'Event' (/e/type)",
          },
        ],
      },
    });
  });

  it('receives only events that match its arguments; null matches null, a missing argument matches everything', async () => {
    const client = await connected();
    await subscribe(client, 'one', EVENTS, { variables: { site: 's-1' } });
    await subscribe(client, 'null', EVENTS, { variables: { site: null } });
    await subscribe(client, 'literal', 'subscription { events(site_id: null) { type } }');
    await subscribe(client, 'unset', EVENTS, { variables: {} });
    await subscribe(client, 'all', 'subscription { events { site_id } }');
    await publish('publishEvent(type: "A", site_id: "s-2") { id type site_id }');
    await publish('publishEvent(type: "A", site_id: "s-1") { id type site_id }');
    await publish('publishEvent(type: "A", site_id: "s-1") { id type }');
    await publish('publishEvent(type: "A", site_id: null) { id type site_id }');
    const ids = [];
    for (let i = 0; i < 13; i++) ids.push((await client.next()).id);
    expect(ids).toEqual([
      ...['unset', 'all'],
      ...['one', 'unset', 'all'],
      ...['null', 'literal', 'unset', 'all'],
      ...['null', 'literal', 'unset', 'all'],
    ]);
  });

  it('receives nothing from a mutation without a result, or from an unlinked one', async () => {
    const client = await connected();
    await subscribe(client, '1', 'subscription { events { type } }');
    const authorization = person('viewer').Authorization;
    await server.post({ query: 'mutation { createSite(name: "a") { id } }' }, { authorization });
    await server.post({ query: 'mutation { publishEvent(type: "refused") { id type } }' }, { authorization });
    await publish('publishEvent(type: "last") { id type }');
    expect(await client.next()).toMatchObject({ payload: { data: { events: { type: 'last' } } } });
  });

  it('receives neither data nor an error if its subscriber may not see the published type', async () => {
    const client = await connected();
    await subscribe(client, 'hidden', 'subscription { hidden { id type } }');
    await subscribe(client, 'seen', 'subscription { events { type } }');
    expect(await publish('publishHidden(type: "A") { type }')).toEqual({
      data: { publishHidden: { type: 'A' } },
    });
    await publish('publishEvent(type: "B") { id type }');
    expect(await client.next()).toEqual({
      id: 'seen',
      type: 'data',
      payload: { data: { events: { type: 'B' } } },
    });
  });

  it('receives events that pass the filter of its resolver', async () => {
    const client = await connected();
    await subscribe(client, '1', 'subscription { filtered(least: 2) { type site_id } }');
    for (const [type, site] of [
      ['SITE_A', 's-1'],
      ['SITE_B', 's-2'],
      ['EDGE_C', 's-3'],
      ['SITE_D', 's-3'],
    ]) {
      await publish(`publishEvent(type: "${type}", site_id: "${site}") { id type site_id }`);
    }
    expect(await client.next()).toMatchObject({ payload: { data: { filtered: { type: 'SITE_B' } } } });
    expect(await client.next()).toMatchObject({ payload: { data: { filtered: { type: 'SITE_D' } } } });
  });

  it.each([
    ['quotes, which are escaped', '"', 2],
    ['line breaks, which are escaped', '\n', 2],
    ['letters of two bytes', 'ü', 2],
    ['plain letters', 'x', 1],
  ])('receives up to 240 KB, measured as sent: %s', async (_, char, bytes) => {
    const client = await connected();
    await subscribe(client, '1', 'subscription { events { type } }');
    const around = JSON.stringify({ data: { events: { type: '' } } }).length;
    const most = Math.floor((240 * 1024 - around) / bytes);
    for (const length of [most + 1, most]) {
      const query = 'mutation ($type: String!) { publishEvent(type: $type) { id type } }';
      const body = JSON.stringify({ query, variables: { type: char.repeat(length) } });
      await server.post(body, await sign(server.url, body));
    }
    const { payload } = (await client.next()) as unknown as {
      payload: { data: { events: { type: string } } };
    };
    expect(payload.data.events.type.length).toBe(most);
  });

  it('receives no more than 240 KB, and the publisher gets no error', async () => {
    const client = await connected();
    await subscribe(client, '1', 'subscription { events { type } }');
    expect(await publish(`publishEvent(type: "${'x'.repeat(240 * 1024)}") { id type }`)).toHaveProperty(
      'data.publishEvent.id',
      'e-1',
    );
    await publish('publishEvent(type: "small") { id type }');
    expect(await client.next()).toMatchObject({ payload: { data: { events: { type: 'small' } } } });
    expect(server.log.at(-1)).toMatchObject({ message: 'A subscription payload is over the limit' });
  });

  it('stops, and can start again', async () => {
    const client = await connected();
    await subscribe(client, '1', 'subscription { events { type } }');
    client.send({ id: '1', type: 'stop' });
    expect(await client.next()).toEqual({ id: '1', type: 'complete' });
    await publish('publishEvent(type: "unheard") { id type }');
    await subscribe(client, '1', 'subscription { events { type } }');
    await publish('publishEvent(type: "heard") { id type }');
    expect(await client.next()).toMatchObject({ payload: { data: { events: { type: 'heard' } } } });
  });

  it('ends when the token of its start expires, while its connection continues', async () => {
    const client = await connected();
    const exp = Math.floor(time.clock() / 1000) + 30;
    await subscribe(client, '1', 'subscription { events { type } }', {
      headers: { Authorization: server.issuer.token({ exp }) },
    });
    await time.advance(exp * 1000 - time.clock());
    expect(await client.next()).toEqual({
      id: '1',
      type: 'error',
      payload: { errors: [{ errorType: 'UnauthorizedException', message: 'Token has expired.' }] },
    });
    await subscribe(client, '1', 'subscription { events { type } }');
  });
});

describe('a rejected message', () => {
  const UNKNOWN = 'A message needs an id and one of the types connection_init, start and stop.';

  it.each([
    ['no JSON', 'meow', undefined, 'UnsupportedOperation', UNKNOWN],
    ['null', 'null', undefined, 'UnsupportedOperation', UNKNOWN],
    ['an unknown type', { id: '1', type: 'dance' }, '1', 'UnsupportedOperation', UNKNOWN],
    ['a start without id', { type: 'start' }, undefined, 'UnsupportedOperation', UNKNOWN],
    [
      'a start without payload',
      { id: '1', type: 'start' },
      '1',
      'UnsupportedOperation',
      'unknown not supported through the realtime channel',
    ],
    [
      'a start without authorization',
      { id: '1', type: 'start', payload: { data: '{"query":"subscription { events { type } }"}' } },
      '1',
      'UnauthorizedException',
      'Valid authorization header not provided.',
    ],
    [
      'a start with an empty authorization',
      {
        id: '1',
        type: 'start',
        payload: {
          data: '{"query":"subscription { events { type } }"}',
          extensions: { authorization: {} },
        },
      },
      '1',
      'UnauthorizedException',
      'Valid authorization header not provided.',
    ],
    [
      'a stop of nothing',
      { id: '1', type: 'stop' },
      '1',
      'UnknownOperationError',
      "Operation 1 doesn't run.",
    ],
  ])('%s', async (_, message, id, errorType, text) => {
    const client = await connected();
    client.send(message);
    expect(await client.next()).toEqual({
      ...(id !== undefined && { id }),
      type: 'error',
      payload: { errors: [{ errorType, message: text }] },
    });
    await subscribe(client, '2', 'subscription { events { type } }');
  });

  it.each<[string, string, object | undefined, string, string]>([
    ['no query', '', undefined, 'MalformedHttpRequestException', 'Unable to parse GraphQL query.'],
    [
      'a syntax error',
      'subscription { ',
      undefined,
      'MalformedHttpRequestException',
      'Unable to parse GraphQL query.',
    ],
    [
      'a query',
      '{ me }',
      undefined,
      'UnsupportedOperation',
      'query not supported through the realtime channel',
    ],
    [
      'a mutation',
      'mutation { createSite(name: "a") { id } }',
      undefined,
      'UnsupportedOperation',
      'mutation not supported through the realtime channel',
    ],
    [
      'a subscription whose only field is skipped',
      'subscription { events @skip(if: true) { id } }',
      undefined,
      'ValidationError',
      'The subscription selects no field: @skip or @include leaves it out. Start it without them, or not at all.',
    ],
    [
      'a subscription whose only field is not included, in a fragment',
      'subscription { ...f } fragment f on Subscription { events @include(if: false) { id } }',
      undefined,
      'ValidationError',
      'The subscription selects no field: @skip or @include leaves it out. Start it without them, or not at all.',
    ],
    [
      'an unknown field',
      'subscription { nothing }',
      undefined,
      'ValidationError',
      "Validation error of type FieldUndefined: Field 'nothing' in type 'Subscription' is undefined @ 'nothing'",
    ],
    [
      "another group's field",
      'subscription { adminEvents { id } }',
      undefined,
      'Unauthorized',
      'Not Authorized to access adminEvents on type Subscription',
    ],
    [
      'an expired token',
      'subscription { events { id } }',
      { exp: 1 },
      'UnauthorizedException',
      'Token has expired.',
    ],
    [
      'a subscription that its resolver refuses',
      'subscription { filtered(least: -1) { id } }',
      undefined,
      'ValidationError',
      'least must not be below 0',
    ],
    [
      'a subscription with an unknown filter operator',
      'subscription { filtered(least: 10) { id } }',
      undefined,
      'UnsupportedOperation',
      "the subscription filter's operator unheardOf isn't available",
    ],
  ])('is a start of %s', async (_, query, claims, errorType, message) => {
    const client = await connected();
    const headers = claims
      ? { Authorization: server.issuer.token(claims as Record<string, unknown>) }
      : person('viewer');
    client.start('1', { query, headers });
    expect(await client.next()).toEqual({
      id: '1',
      type: 'error',
      payload: { errors: [{ errorType, message }] },
    });
  });

  it('is a start of a running subscription, or of one above the limit', async () => {
    const client = await connected();
    const start = { query: 'subscription { events { type } }', headers: person('viewer') };
    for (let i = 0; i < 100; i++) client.start(`${i}`, start);
    for (let i = 0; i < 100; i++) expect((await client.next()).type).toBe('start_ack');
    client.start('0', start);
    expect(await client.next()).toEqual({
      id: '0',
      type: 'error',
      payload: { errors: [{ errorType: 'DuplicatedOperationError', message: 'Operation 0 runs already.' }] },
    });
    client.start('100', start);
    expect(await client.next()).toEqual({
      id: '100',
      type: 'error',
      payload: {
        errors: [
          { errorType: 'MaxSubscriptionsReachedError', message: 'Max number of 100 subscriptions reached' },
        ],
      },
    });
  });
});

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import { REGION } from '../../../local/aws/account.ts';
import { callAwsJson } from '../../../local/aws/aws-json-call.ts';
import { type Engines, startEngines } from '../../../local/engines/engines.ts';
import { closeToOthers } from '../../../local/engines/kinesis-front.ts';
import { foreignRequest } from '../../../local/http/loopback-request.ts';
import { makeInvokeEndpoint } from '../../../local/lambda/invoke-endpoint.ts';
import { makeS3Handler } from '../../../local/s3/s3-handler.ts';
import { type LocalServer, startServer } from '../../../local/system/server.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway/test-gateway.ts';

let folder: string;
let engines: Engines;
let gateway: TestGateway;
let server: LocalServer;
let addresses: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-foreign-'));
  engines = await startEngines({ scratchDirectory: folder });
  gateway = await startTestGateway();
  server = await startServer(0);
  const s3 = makeS3Handler({
    prefix: '/s3',
    buckets: new Map(),
    credentials: { ...LOCAL_CREDENTIALS, region: REGION },
    clock: Date.now,
    log: () => {},
  });
  const lambda = makeInvokeEndpoint({ prefix: '/lambda', find: () => undefined, clock: Date.now });
  server.mount({
    gateway: gateway.gateway,
    services: new Map([
      ['/s3', s3],
      ['/lambda', lambda],
    ]),
  });
  server.setReady();
  addresses = {
    'the API': `${server.address}/graphql`,
    'the files': `${server.address}/s3/flows/a`,
    functions: `${server.address}/lambda/2015-03-31/functions/a/invocations`,
    DynamoDB: `${engines.dynamodb.endpoint}/`,
    Kinesis: `${engines.kinesis.endpoint}/`,
    Cognito: `${engines.cognito.endpoint}/`,
  };
}, 90_000);
afterAll(async () => {
  await server?.close();
  await gateway?.stop();
  await engines?.stop();
  await rm(folder, { recursive: true, force: true });
});

const SERVERS = ['the API', 'the files', 'functions', 'DynamoDB', 'Kinesis', 'Cognito'] as const;

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Sends requests that `fetch` cannot send: with any Host, to any path. */
function send(
  address: string,
  {
    method = 'POST',
    path,
    headers = {},
    body = '{}',
  }: { method?: string; path?: string; headers?: object; body?: string } = {},
): Promise<Answer> {
  const { hostname, port, pathname } = new URL(address);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path: path ?? pathname,
        headers: headers as IncomingHttpHeaders,
        agent: false,
      },
      async response => {
        const text = Buffer.concat(await response.toArray()).toString();
        resolve({ status: response.statusCode!, headers: response.headers, text });
      },
    );
    sent.once('error', reject).end(body);
  });
}

describe.each(SERVERS)('%s', name => {
  const preflight = (origin: string) =>
    send(addresses[name]!, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-amz-target,authorization',
      },
      body: '',
    });

  it.each([
    'evil.example',
    'evil.example:4000',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
  ])('does not answer under the name %s', async host => {
    const { status, headers } = await send(addresses[name]!, { headers: { host } });
    // Jetty answers that nothing exists under that name.
    expect(status).toBe(name === 'DynamoDB' ? 404 : 403);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('answers under the names of this machine', async () => {
    if (name === 'DynamoDB') expect((await send(addresses[name]!)).status).toBe(400);
    const { port } = new URL(addresses[name]!);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'localhost']) {
      const { text } = await send(addresses[name]!, { headers: { host } });
      expect([host, text]).toEqual([host, expect.not.stringContaining('This server answers only')]);
    }
  });

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'http://evil.example:4000'])(
    'does not let a page of %s send requests or read answers',
    async origin => {
      expect((await preflight(origin)).headers).not.toHaveProperty('access-control-allow-origin');
      const { headers, status } = await send(addresses[name]!, { headers: { origin } });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      // DynamoDB Local accepts a call only with a header for which a browser sends a preflight
      // request.
      if (name !== 'DynamoDB') expect(status).toBe(403);
    },
  );

  it.each([
    '/%zz',
    '/%',
    '//',
    '/%c3%28?x=%zz',
    '/s3/%zz/%zz',
    '/lambda/2015-03-31/functions/%zz/invocations',
    '/%zz/.well-known/jwks.json',
    '/graphql?%zz',
  ])('answers the malformed address %s, and the next request', async path => {
    for (const method of ['GET', 'POST']) {
      expect((await send(addresses[name]!, { method, path })).status).toBeGreaterThanOrEqual(200);
    }
    expect((await send(addresses[name]!)).status).toBeGreaterThanOrEqual(200);
  });
});

describe('pages of this machine', () => {
  it.each(['http://localhost:3000', 'http://127.0.0.1:4000', 'https://[::1]:8080'])(
    'of %s can read the API',
    async origin => {
      const { headers } = await send(addresses['the API']!, { headers: { origin } });
      expect(headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'origin' });
    },
  );

  it('can open a WebSocket, other pages cannot', async () => {
    const open = (origin: string) =>
      once(
        new WebSocket(`${server.address.replace('http', 'ws')}/graphql/realtime`, ['graphql-ws'], { origin }),
        'open',
      );
    await expect(open('http://localhost:3000')).resolves.toEqual([]);
    await expect(open('https://evil.example')).rejects.toThrow(new Error('Unexpected server response: 403'));
  });
});

describe('a body that is too long is rejected before its signature is checked', () => {
  it.each<[string, (typeof SERVERS)[number], number, number, string]>([
    ['the API', 'the API', 2, 413, 'Request body is over 1048576 bytes.'],
    ['a function', 'functions', 7, 413, 'An event may have at most 6291456 bytes.'],
    ['the stream', 'Kinesis', 9, 413, 'A request may have at most 8388608 bytes.'],
    ['the files, for an unsigned request', 'the files', 1, 403, 'Access Denied'],
  ])('by %s', async (_, name, megabytes, status, message) => {
    const answer = await send(addresses[name]!, { body: 'x'.repeat(megabytes * 1024 * 1024 + 1) });
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(message)]);
  });
});

describe('an engine behind a proxy', () => {
  it('is reachable only through the proxy', async () => {
    const engine = createNetServer(socket => socket.end('secret data'));
    const behind = createServer((_, response) => response.end('behind'));
    const forward = closeToOthers(behind);
    closeToOthers(engine);
    for (const each of [engine, behind])
      await new Promise<void>(resolve => each.listen(0, '127.0.0.1', resolve));
    for (const each of [engine, behind]) {
      const socket = connect((each.address() as AddressInfo).port, '127.0.0.1');
      socket.write(`GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n${' '.repeat(100)}`);
      socket.on('error', () => {});
      const received: Buffer[] = [];
      socket.on('data', chunk => received.push(chunk));
      await once(socket, 'close');
      expect(Buffer.concat(received).toString()).toBe('');
    }
    for (let times = 0; times < 2; times++) {
      const { status, body } = await forward({ operation: 'X', headers: {}, body: Buffer.from('{}') });
      expect([status, body.toString()]).toEqual([200, 'behind']);
    }
    for (const each of [engine, behind]) await new Promise(resolve => each.close(resolve));
  }, 20_000);

  it('still answers requests', async () => {
    const api = { endpoint: engines.kinesis.endpoint, target: 'Kinesis_20131202', jsonVersion: '1.1' };
    expect(await callAwsJson(api, 'ListStreams', {})).toMatchObject({ StreamNames: [] });
    await expect(callAwsJson(api, 'DescribeStream', { StreamName: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('foreignRequest', () => {
  const HOST =
    'This server answers only to names of this machine: use http://127.0.0.1 or http://localhost with its port.';
  const ORIGIN =
    'This server answers only to pages of this machine: open the page from http://localhost or http://127.0.0.1.';

  it.each([
    [{ host: '127.0.0.1:4000' }, undefined],
    [{ host: '[::1]:4000', origin: 'http://[::1]' }, undefined],
    [{ ':authority': 'localhost:4000' }, undefined],
    [{}, HOST],
    [{ host: 'evil.example', ':authority': 'localhost' }, HOST],
    [{ host: 'localhost:4000:80' }, HOST],
    [{ host: '127.0.0.1@evil.example' }, HOST],
    [{ host: 'localhost', origin: '' }, ORIGIN],
    [{ host: 'localhost', origin: 'file://localhost' }, ORIGIN],
    [{ host: 'localhost', origin: 'http://localhost/../evil' }, ORIGIN],
  ])('%j', (headers, problem) => {
    expect(foreignRequest(headers)).toBe(problem);
  });
});

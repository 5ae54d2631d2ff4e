// A front for kinesis-local in its process. kinesis-local answers every client, in HTTP/1.1 and
// HTTP/2 without TLS, and has no option to restrict this.
import { randomBytes } from 'node:crypto';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import {
  type AddressInfo,
  connect,
  createServer as createNetServer,
  type Server,
  type Socket,
} from 'node:net';
import { refuseForeign } from '../http/loopback-request.ts';
import { readBounded } from '../http/read-bounded.ts';

/** Environment variable of the engine: the configured port of the server that gets the front. */
export const FRONTED_PORT = 'PATRONUS_FRONTED_PORT';

/** PutRecords accepts 5 MB, which base64 makes a third longer. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const SECRET_BYTES = 32;
const HTTP2_PREFACE = 'PRI';

/** An answer of kinesis-local. */
export interface EngineAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A request for kinesis-local: its operation, such as "PutRecord", headers and body. */
export interface EngineRequest {
  operation: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Forwards a request to kinesis-local. */
export type Forward = (request: EngineRequest) => Promise<EngineAnswer>;

/**
 * Restricts a server to connections of the front, which begin with a secret. Must be called before
 * the server listens.
 * @returns the function that forwards requests to the server
 */
export function closeToOthers(server: Server): Forward {
  const secret = randomBytes(SECRET_BYTES);
  const emit = server.emit;
  server.emit = function (this: Server, event: string, ...args: unknown[]) {
    if (event !== 'connection') return Reflect.apply(emit, this, [event, ...args]) as boolean;
    const socket = args[0] as Socket;
    const check = (): void => {
      const first: Buffer | null = socket.read(SECRET_BYTES);
      if (first === null) return;
      socket.off('readable', check);
      if (first.equals(secret)) Reflect.apply(emit, this, [event, socket]);
      else socket.destroy();
    };
    socket.on('readable', check).on('error', () => socket.destroy());
    return true;
  } as typeof emit;

  const agent = new Agent({ keepAlive: true });
  Object.assign(agent, {
    createConnection() {
      const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
      socket.setNoDelay(true).write(secret);
      return socket;
    },
  });
  return ({ headers, body }) =>
    new Promise((resolve, reject) => {
      const passed = request({ agent, method: 'POST', path: '/', headers: plainHeaders(headers, body) });
      passed.once('error', reject);
      passed.once('response', async answer => {
        try {
          const chunks = await answer.toArray();
          resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks) });
        } catch (cause) {
          reject(cause);
        }
      });
      passed.end(body);
    });
}

/** Serves the front on the loopback. @returns its port */
export async function startFront(handle: Forward): Promise<number> {
  const serve = (incoming: IncomingMessage, response: ServerResponse): void => {
    answer(incoming, response, handle).catch(() => response.destroy());
  };
  const http1 = createServer(serve);
  const http2 = createHttp2Server(serve as never);
  const server = createNetServer(socket => {
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const first: Buffer | null = socket.read();
      if (first === null) return;
      const protocol = first.toString('latin1', 0, HTTP2_PREFACE.length) === HTTP2_PREFACE ? http2 : http1;
      socket.unshift(first);
      protocol.emit('connection', socket);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function answer(incoming: IncomingMessage, response: ServerResponse, handle: Forward): Promise<void> {
  if (refuseForeign(incoming, response)) return;
  const body = await readBounded(incoming, MAX_BODY_BYTES);
  if (!body) return send(response, tooLarge());
  const target = String(incoming.headers['x-amz-target'] ?? '');
  send(response, await handle({ operation: target.split('.').at(-1)!, headers: incoming.headers, body }));
}

function send(response: ServerResponse, { status, headers, body }: EngineAnswer): void {
  response.writeHead(status, { ...endToEnd(headers), 'content-length': body.length });
  response.end(body);
}

function tooLarge(): EngineAnswer {
  const message = `A request may have at most ${MAX_BODY_BYTES} bytes.`;
  return {
    status: 413,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: Buffer.from(JSON.stringify({ __type: 'RequestEntityTooLargeException', message })),
  };
}

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'host',
]);
/** No browser page reads the stream, so these headers are dropped. */
const DROPPED = /^access-control-/;

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !name.startsWith(':') && !HOP_BY_HOP.has(name) && !DROPPED.test(name),
    ),
  );
}

function plainHeaders(headers: IncomingHttpHeaders, body: Buffer): IncomingHttpHeaders {
  return { ...endToEnd(headers), 'content-length': `${body.length}` };
}

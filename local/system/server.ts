import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServeConsole } from '../console/serve-console.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { foreignRequest, refuseForeign } from '../http/loopback-request.ts';
import type { ServiceHandler } from '../provision/services.ts';
import { StartError } from './start-error.ts';

/** The system's HTTP server, on the loopback. */
export interface LocalServer {
  /** Such as http://127.0.0.1:4000. */
  address: string;
  /**
   * Starts to serve the API and the console, and services by the first part of the path, such as
   * `/s3`.
   */
  mount(mounted: Mounted): void;
  /** From now on, `/healthz` reports that everything is ready. */
  setReady(): void;
  close(): Promise<void>;
}

interface Mounted {
  gateway: Gateway;
  services: ReadonlyMap<string, ServiceHandler>;
  serveConsole?: ServeConsole;
}

/** @throws StartError if the port is in use */
export async function startServer(port: number): Promise<LocalServer> {
  let mounted: Mounted | undefined;
  let ready = false;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    if (refuseForeign(request, response)) return;
    const path = pathOf(request);
    if (path === '/healthz') send(response, ready ? 200 : 503, ready ? 'ready\n' : 'starting\n');
    else if (!mounted) send(response, 503, 'The system is starting: try again in a moment.\n');
    else serve(mounted, request, response).catch(() => response.destroy());
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const problem = foreignRequest(request.headers);
    if (problem !== undefined) {
      const head = ['HTTP/1.1 403 Forbidden', 'Connection: close', 'Content-Type: text/plain; charset=utf-8'];
      socket.end([...head, '', `${problem}\n`].join('\r\n'));
    } else if (mounted && pathOf(request) === '/graphql/realtime') {
      mounted.gateway.handleUpgrade(request, socket, head);
    } else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  }

  const server = createServer(answer).on('upgrade', upgrade);
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause => reject(asStartError(cause, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: given } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${given}`,
    mount(given) {
      mounted = given;
    },
    setReady() {
      ready = true;
    },
    async close() {
      ready = false;
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  { gateway, services, serveConsole }: Mounted,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = pathOf(request);
  const service = services.get(firstPart(path));
  if (service) return service(request, response);
  if (await serveConsole?.(request, response)) return;
  if (path === '/graphql') return gateway.handleRequest(request, response);
  if (path.startsWith('/no-such-service')) {
    send(response, 501, 'The one-machine runtime does not support this AWS service.\n');
  } else send(response, 404, 'There is nothing here: the console is at /, the GraphQL API at /graphql.\n');
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0]!;
}

function firstPart(path: string): string {
  return `/${path.split('/', 2)[1]}`;
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(text);
}

function asStartError(cause: NodeJS.ErrnoException, port: number): Error {
  if (cause.code === 'EADDRINUSE') {
    return new StartError(
      `Port ${port} is in use by another program: stop it, or choose another port with npm start -- --port ${port + 1}.`,
      { cause },
    );
  }
  if (cause.code === 'EACCES') {
    return new StartError(
      `This user is not allowed to listen on port ${port}: choose one above 1023 with npm start -- --port 4000.`,
      { cause },
    );
  }
  return cause;
}

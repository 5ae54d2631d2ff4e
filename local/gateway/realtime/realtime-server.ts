import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { UnauthorizedCredentials } from '../auth/unauthorized.ts';
import { LIMITS } from '../limits.ts';
import { readConnectRequest, SUBPROTOCOL, signedAs } from './connect-request.ts';
import { type Connection, type ConnectionOptions, serveConnection } from './connection.ts';
import { type MessageError, messages } from './messages.ts';
import type { Publication } from './publications.ts';
import type { SubscriptionLinks } from './subscription-links.ts';

export interface RealtimeServer {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  publish(publication: Publication): Promise<void>;
  close(): Promise<void>;
}

export type RealtimeOptions = Omit<ConnectionOptions, 'identity' | 'sourceIp'> & { links: SubscriptionLinks };

const CLOSE_REFUSED = 4400;

/** Serves subscriptions at `<path>/realtime`. */
export function makeRealtimeServer(options: RealtimeOptions): RealtimeServer {
  const connections = new Map<WebSocket, Connection>();
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.requestBytes,
    handleProtocols: protocols => (protocols.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });

  async function accept(socket: WebSocket, request: IncomingMessage): Promise<void> {
    // Messages that arrive while the credentials are checked wait in the socket.
    socket.pause();
    socket.on('error', () => socket.terminate());
    const sourceIp = [request.socket.remoteAddress ?? ''];
    const { speaksGraphql, headers, body } = readConnectRequest(request);
    if (!speaksGraphql) return refuse(socket, { message: 'SubProtocolNotSupportedError', errorCode: 400 });
    if (headers === null) return refuse(socket, { ...BAD_REQUEST, message: 'Required headers are missing.' });
    try {
      const identity = await options.authenticate(
        signedAs(`${options.path}/connect`, headers, body),
        sourceIp,
      );
      connections.set(socket, serveConnection(socket, { ...options, identity, sourceIp }));
      socket.once('close', () => connections.delete(socket));
      socket.resume();
    } catch (error) {
      if (!(error instanceof UnauthorizedCredentials))
        options.log('A connection failed', { error: String(error) });
      const { errorType, message } = error instanceof UnauthorizedCredentials ? error : INTERNAL;
      refuse(socket, { errorType, message, errorCode: errorType === INTERNAL.errorType ? 500 : 401 });
    }
  }

  return {
    handleUpgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname !== `${options.path}/realtime`) {
        socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, client => void accept(client, request));
    },
    async publish({ mutation, value }) {
      const fields = options.links.get(mutation) ?? [];
      if (fields.length === 0) return;
      await Promise.all([...connections.values()].map(connection => connection.publish(fields, value)));
    },
    async close() {
      for (const client of server.clients) client.terminate();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

const BAD_REQUEST = { errorType: 'BadRequestException', errorCode: 400 };
const INTERNAL = {
  errorType: 'InternalFailure',
  message: 'Something went wrong on our side. Try again later.',
};

function refuse(socket: WebSocket, error: MessageError): void {
  socket.send(JSON.stringify(messages.connectionError(error)));
  socket.resume();
  socket.close(CLOSE_REFUSED, error.errorType ?? error.message);
}

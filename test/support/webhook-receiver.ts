import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The reaction of a receiver to a delivery: it answers with a status, never answers, or closes the
 * connection.
 */
export type Reaction = number | 'hangs' | 'closes';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

export interface WebhookReceiver {
  url: string;
  received: Received[];
  /** The next reactions, in order; 200 when none is left. */
  react(...reactions: Reaction[]): void;
  stop(): Promise<void>;
}

/** A receiver of webhooks on the loopback. */
export async function startReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const reactions: Reaction[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      const reaction = reactions.shift() ?? 200;
      if (reaction === 'closes') request.socket.destroy();
      else if (reaction !== 'hangs') response.writeHead(reaction, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    react: (...next) => reactions.push(...next),
    stop() {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

// Loaded with --import into the engines that are Node programs, before their own code.
// They listen on every interface, or on a port that must be known beforehand: here every server listens on the loopback,
// on a port that the system chooses, and tells it to the parent. When the parent is gone, the engine ends.
import { Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** What an engine tells its parent. */
export interface ListeningMessage {
  listening: number;
  tls: boolean;
}

const listen = Server.prototype.listen;

Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const callback = args.findLast(arg => typeof arg === 'function') as (() => void) | undefined;
  this.once('listening', () => {
    const address = this.address();
    if (address === null || typeof address === 'string') return;
    const message: ListeningMessage = { listening: address.port, tls: this instanceof TlsServer };
    process.send?.(message);
  });
  return listen.call(this, { host: '127.0.0.1', port: wantedPort(args[0]) }, callback);
} as typeof listen;

function wantedPort(first: unknown): number {
  const given = typeof first === 'object' && first !== null ? (first as { port?: unknown }).port : first;
  return Number(given ?? 0);
}

process.once('disconnect', () => process.exit());

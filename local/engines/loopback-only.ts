// Loaded with --import into the engines that are Node programs, before their own code.
// They listen on every interface, or on a port that must be known beforehand: here every server listens on the loopback, on a
// port that the system chooses, and tells the parent which. The port that the program was given only says which server
// it is. When the parent is gone, the engine ends.
import { Server } from 'node:net';

/** What an engine tells its parent: the port that it was given, and the one that it has. */
export interface ListeningMessage {
  given: number;
  port: number;
}

const listen = Server.prototype.listen;

Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const callback = args.findLast(arg => typeof arg === 'function') as (() => void) | undefined;
  const given = givenPort(args[0]);
  this.once('listening', () => {
    const address = this.address();
    if (address === null || typeof address === 'string') return;
    process.send?.({ given, port: address.port } satisfies ListeningMessage);
  });
  return listen.call(this, { host: '127.0.0.1', port: 0 }, callback);
} as typeof listen;

function givenPort(first: unknown): number {
  const given = typeof first === 'object' && first !== null ? (first as { port?: unknown }).port : first;
  return Number(given);
}

process.once('disconnect', () => process.exit());

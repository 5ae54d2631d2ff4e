// Loaded with --import into the engines that are Node programs, before their own code. By
// themselves they listen on every interface, or on a fixed port. With this module, every server
// listens on the loopback, on a free port, and reports the port to the parent. The configured port
// only identifies the server. HTTP servers refuse requests from foreign pages and for foreign host
// names; an engine with its own HTTP implementation is reachable only through a front. The engine
// ends when its parent has ended.
import fs from 'node:fs';
import { Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, Server } from 'node:net';
import { refuseForeign } from '../http/loopback-request.ts';
import { closeToOthers, type Forward, FRONTED_PORT, startFront } from './kinesis-front.ts';
import { JOURNAL_FILE, journaled } from './kinesis-journaling.ts';

/** An engine's message to its parent: the configured port and the actual one. */
export interface ListeningMessage {
  given: number;
  port: number;
}

const fronted = process.env[FRONTED_PORT] === undefined ? undefined : Number(process.env[FRONTED_PORT]);

// kinesis-local replaces this handler by one that waits for the end of its connections.
const exit = process.exit.bind(process);

const listen = Server.prototype.listen;

Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const callback = args.findLast(arg => typeof arg === 'function') as (() => void) | undefined;
  const given = givenPort(args[0]);
  const tell = (port: number) => process.send?.({ given, port } satisfies ListeningMessage);
  if (fronted === undefined || given === 0) {
    this.once('listening', () => tell((this.address() as AddressInfo).port));
  } else {
    const forward = closeToOthers(this);
    if (given === fronted) this.once('listening', async () => tell(await startFront(withJournal(forward))));
  }
  return listen.call(this, { host: '127.0.0.1', port: 0 }, callback);
} as typeof listen;

const emit = HttpServer.prototype.emit;

HttpServer.prototype.emit = function (this: HttpServer, event: string, ...args: unknown[]) {
  const [request, response] = args as [IncomingMessage, ServerResponse];
  if (event === 'request' && refuseForeign(request, response)) return true;
  return Reflect.apply(emit, this, [event, ...args]) as boolean;
} as typeof emit;

// cognito-local rewrites its files at each change: a kill during a write must leave the previous
// file.
const { writeFileSync } = fs;
let written = 0;

fs.writeFileSync = ((file, data, options) => {
  if (typeof file !== 'string' || !file.endsWith('.json')) return writeFileSync(file, data, options);
  const whole = `${file}.${process.pid}-${written++}.new`;
  writeFileSync(whole, data, options);
  fs.renameSync(whole, file);
}) as typeof writeFileSync;

const { writeFile } = fs;

fs.writeFile = ((file: string, data: string, done: (cause: unknown) => void) => {
  if (typeof done !== 'function' || !file.endsWith('.json')) return writeFile(file, data, done);
  try {
    fs.writeFileSync(file, data);
  } catch (cause) {
    return process.nextTick(done, cause);
  }
  process.nextTick(done, null);
}) as unknown as typeof writeFile;

function withJournal(forward: Forward): Forward {
  const journal = process.env[JOURNAL_FILE];
  return journal === undefined ? forward : journaled(forward, journal);
}

function givenPort(first: unknown): number {
  const given = typeof first === 'object' && first !== null ? (first as { port?: unknown }).port : first;
  return Number(given);
}

process.once('disconnect', () => exit());

// Loaded with --import into the engines that are Node programs, before their own code. They listen
// on every interface, or on a port that must be known beforehand: here every server listens on the
// loopback, on a port that the system chooses, and tells the parent which. The port that the
// program was given only says which server it is. HTTP servers refuse what comes from pages and
// names of elsewhere; an engine with an HTTP server of its own making has a front before it,
// through which alone it is reached. When the parent is gone, the engine ends.
import fs from 'node:fs';
import { Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, Server } from 'node:net';
import { refuseForeign } from '../http/loopback-request.ts';
import { closeToOthers, type Forward, FRONTED_PORT, startFront } from './kinesis-front.ts';
import { JOURNAL_FILE, journaled } from './kinesis-journaling.ts';

/** What an engine tells its parent: the port that it was given, and the one that it has. */
export interface ListeningMessage {
  given: number;
  port: number;
}

const fronted = process.env[FRONTED_PORT] === undefined ? undefined : Number(process.env[FRONTED_PORT]);

// kinesis-local puts another in its place, which waits for its connections to end.
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

// cognito-local writes its files anew at each change: a kill in the middle of it must leave the one
// before.
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

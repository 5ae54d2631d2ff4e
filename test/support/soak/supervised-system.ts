import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoints } from '../../../local/system/outputs.ts';
import { projectFile } from '../project-files.ts';
import type { EventLog } from './event-log.ts';
import { SoakFailure } from './soak-failure.ts';

/** Where a running system is. */
export interface SystemAddress extends Endpoints {
  user_pool_id: string;
  client_id: string;
}

/** A start that fails without a kill has a reason: after this number in a row the soak ends. */
const FAILED_STARTS = 5;

/** `npm start` without its demo, with stored data: started again whenever it ends. */
export class SupervisedSystem {
  readonly folder: string;
  /** The number of times it was ready. */
  starts = 0;
  /** The number of times in a row that it ended before it was ready. */
  failedStarts = 0;
  readonly #log: EventLog;
  readonly #output: WriteStream;
  #child: ChildProcess | undefined;
  #ready = Promise.withResolvers<SystemAddress>();
  #isReady = false;
  /** Whether anything was killed since this start began. */
  #disturbed = false;
  #stopping = false;
  #running: Promise<void> = Promise.resolve();

  constructor(folder: string, log: EventLog) {
    this.folder = join(folder, 'system');
    this.#log = log;
    this.#output = createWriteStream(join(folder, 'system.log'));
    this.#ready.promise.catch(() => {});
    this.#running = this.#run(join(folder, 'data'));
  }

  /** Of the process that runs or starts; undefined between two of them. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when it is ready; at once if it is. @throws SoakFailure when it can't be started */
  ready(): Promise<SystemAddress> {
    return this.#ready.promise;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Kills the process, as a power cut would. */
  kill(): void {
    this.disturb();
    this.#child?.kill('SIGKILL');
  }

  /** A part of it is killed: a start that ends because of that has not failed by itself. */
  disturb(): void {
    this.#disturbed = true;
  }

  /** Ends it normally. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child?.kill('SIGTERM');
    await this.#running;
    await new Promise<void>(resolve => this.#output.end(resolve));
  }

  async #run(data: string): Promise<void> {
    for (let undisturbed = 0; !this.#stopping; ) {
      const { wasReady, status } = await this.#runOnce(data);
      if (this.#stopping) return;
      this.#log.write('system ended', { status, was_ready: wasReady, disturbed: this.#disturbed });
      this.failedStarts = wasReady ? 0 : this.failedStarts + 1;
      undisturbed = wasReady || this.#disturbed ? 0 : undisturbed + 1;
      if (undisturbed < FAILED_STARTS) continue;
      const failure = new SoakFailure(
        `the system starts again: it ended ${undisturbed} times in a row before it was ready (${status}; system.log)`,
      );
      this.#ready.reject(failure);
      return;
    }
  }

  async #runOnce(data: string): Promise<{ wasReady: boolean; status: string }> {
    const options = ['--no-demo', '--port', '0', '--data', data, '--system', this.folder];
    const child = spawn(process.execPath, ['local/main.ts', ...options], {
      cwd: projectFile(''),
      env: { ...process.env, INIT_CWD: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#disturbed = false;
    let wasReady = false;
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      this.#output.write(chunk);
      if (wasReady) return;
      output += chunk;
      if (!output.includes('Patronus is ready')) return;
      wasReady = true;
      void this.#announce(this.#ready).catch(() => {});
    });
    child.stderr.on('data', (chunk: Buffer) => void this.#output.write(chunk));
    const status = await new Promise<string>(resolve =>
      child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`)),
    );
    this.#child = undefined;
    if (wasReady) {
      this.#isReady = false;
      this.#ready = Promise.withResolvers();
      this.#ready.promise.catch(() => {});
    }
    return { wasReady, status };
  }

  /** A kill may come between its output and the read here: then the next start is announced. */
  async #announce(ready: PromiseWithResolvers<SystemAddress>): Promise<void> {
    const endpoints = await this.#read<Endpoints>('endpoints.json');
    const { auth } = await this.#read<{ auth: { user_pool_id: string; user_pool_client_id: string } }>(
      'amplify_outputs.json',
    );
    if (ready !== this.#ready) return;
    this.starts++;
    this.#isReady = true;
    this.#log.write('system ready', { starts: this.starts });
    ready.resolve({
      ...endpoints,
      user_pool_id: auth.user_pool_id,
      client_id: auth.user_pool_client_id,
    });
  }

  async #read<File>(name: string): Promise<File> {
    return JSON.parse(await readFile(join(this.folder, name), 'utf8')) as File;
  }
}

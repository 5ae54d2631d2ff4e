import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { RECORD_VARIABLE } from '../rights/record-rights.ts';
import type { ContainerMessage, ContainerStart, InvocationMessage } from './container-messages.ts';
import { containerProgram } from './container-program.ts';
import { describeExit, type FailurePayload, FunctionFailure } from './function-failure.ts';
import { forget, killWithThisProcess } from './keeper.ts';

/** Lambda's limit on an event and on an answer. */
const PAYLOAD_MAX_BYTES = 6 * 1024 * 1024;

export interface ContainerOptions extends Omit<ContainerStart, 'logStreamName' | 'record_rights'> {
  environment: Record<string, string>;
  /** Called with the function's output. */
  log: (text: string) => void;
}

/** An event for a container. */
export interface Invocation {
  requestId: string;
  /** JSON. */
  event: string;
  timeoutMs: number;
}

/**
 * Time limit for loading a bundle, milliseconds. Lambda's limit is 10 s, but a laptop may be busy
 * with other work.
 */
const LOAD_LIMIT_MS = 30_000;

/** A running instance of a function: a process with the loaded bundle, for one event at a time. */
export interface Container {
  readonly pid: number | undefined;
  /** False after its end; then it accepts no events. */
  readonly alive: boolean;
  /** Resolves when the bundle is loaded. @throws FunctionFailure of this request if that fails */
  ready(requestId?: string): Promise<void>;
  /**
   * @throws FunctionFailure if the function fails; after a timeout or a crash, the container has
   * ended
   */
  invoke(invocation: Invocation): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * The answer to an event, or the failure. A failure that contains the request's id is made when the
 * id is known.
 */
type Outcome = { result: string } | { failure: FailurePayload };
type End = (requestId: string) => FailurePayload;

/** Starts a container. Its bundle loads in the background, as in Lambda's init phase. */
export function startContainer({ environment, log, ...start }: ContainerOptions): Container {
  const logStreamName = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
  const child = startProcess(start, { ...environment, AWS_LAMBDA_LOG_STREAM_NAME: logStreamName });
  forward(child, log);
  const channel = child.stdio[3] as Duplex;
  const write = (message: ContainerStart | InvocationMessage): void => {
    channel.write(`${JSON.stringify(message)}\n`);
  };

  let ended: End | undefined;
  let settle = (_outcome: Outcome): void => {};
  const ready = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const current = { requestId: '' };

  const end = (why: End): void => {
    ended ??= why;
    ready.resolve();
    settle({ failure: ended(current.requestId) });
    kill(child);
  };
  channel.on('error', () => {});
  onLine(channel, line => {
    const message = JSON.parse(line) as ContainerMessage;
    if (message.kind === 'ready') ready.resolve();
    else if (message.kind === 'ended') end(() => message.failure);
    else settle(message);
  });
  child.once('error', ({ message }) => {
    gone.resolve();
    end(() => ({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: `The process can't be started: ${message}`,
    }));
  });
  child.once('exit', () => {
    if (child.pid !== undefined) forget(child.pid);
    gone.resolve();
  });
  // Later than `exit`: all of its messages have been read by then.
  child.once('close', (code, signal) => end(requestId => describeExit(requestId, code, signal)));
  const record_rights = process.env[RECORD_VARIABLE];
  write({ ...start, logStreamName, ...(record_rights !== undefined && { record_rights }) });

  const loadLimit = setTimeout(() => {
    end(() => ({
      errorType: 'Sandbox.Timedout',
      errorMessage: 'The bundle was not loaded after 30 seconds',
    }));
  }, LOAD_LIMIT_MS);
  void ready.promise.then(() => clearTimeout(loadLimit));

  return {
    pid: child.pid,
    get alive() {
      return ended === undefined;
    },
    async ready(requestId = '') {
      await ready.promise;
      if (ended) throw new FunctionFailure(requestId, ended(requestId));
    },
    async invoke({ requestId, event, timeoutMs }) {
      if (Buffer.byteLength(event) > PAYLOAD_MAX_BYTES) {
        throw new FunctionFailure(requestId, tooLarge('event'));
      }
      const answered = Promise.withResolvers<Outcome>();
      current.requestId = requestId;
      settle = answered.resolve;
      const limit = setTimeout(() => end(() => timedOut(requestId, timeoutMs)), timeoutMs);
      if (ended) settle({ failure: ended(requestId) });
      else write({ requestId, event, deadlineMs: Date.now() + timeoutMs });
      const outcome = await answered.promise;
      clearTimeout(limit);
      if ('failure' in outcome) throw new FunctionFailure(requestId, outcome.failure);
      if (Buffer.byteLength(outcome.result) > PAYLOAD_MAX_BYTES) {
        throw new FunctionFailure(requestId, tooLarge('answer'));
      }
      return JSON.parse(outcome.result);
    },
    async stop() {
      end(requestId => describeExit(requestId, null, 'SIGKILL'));
      await gone.promise;
    },
  };
}

function startProcess(
  { memoryMb, functionName }: Pick<ContainerStart, 'memoryMb' | 'functionName'>,
  env: Record<string, string>,
): ChildProcess {
  const windows = process.platform === 'win32';
  const program = containerProgram();
  // The name is visible in the list of processes.
  const flags = [`--max-old-space-size=${memoryMb}`, '--input-type=module', '-'];
  const child = spawn(process.execPath, [...flags, functionName], {
    env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    // Its own process group: Ctrl-C in a terminal reaches only the runtime, and a kill also reaches
    // child processes of the function.
    detached: !windows,
    windowsHide: true,
  });
  if (child.pid !== undefined) killWithThisProcess(child.pid);
  // An early end of the process is handled by its events.
  child.stdin.on('error', () => {});
  child.stdin.end(program);
  return child;
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform !== 'win32') return void process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The process is ending, or, on macOS, has just ended.
  }
  child.kill('SIGKILL');
}

function timedOut(requestId: string, timeoutMs: number): FailurePayload {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  };
}

function tooLarge(what: string): FailurePayload {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `The ${what} is larger than the ${PAYLOAD_MAX_BYTES} bytes that Lambda takes`,
  };
}

function forward({ stdout, stderr }: ChildProcess, log: (text: string) => void): void {
  for (const stream of [stdout, stderr]) stream?.setEncoding('utf8').on('data', log);
}

/** Calls `take` with each complete line. JSON texts contain no line ends. */
function onLine(stream: Duplex, take: (line: string) => void): void {
  let parts: string[] = [];
  stream.setEncoding('utf8').on('data', (text: string) => {
    const [first = '', ...others] = text.split('\n');
    parts.push(first);
    for (const other of others) {
      take(parts.join(''));
      parts = [other];
    }
  });
}

import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { ContainerMessage, ContainerStart, InvocationMessage } from './container-messages.ts';
import { type FailurePayload, FunctionFailure } from './function-failure.ts';

/** Lambda's limit on an event and on an answer. */
const PAYLOAD_MAX_BYTES = 6 * 1024 * 1024;

export interface ContainerOptions extends Omit<ContainerStart, 'logStreamName'> {
  environment: Record<string, string>;
  /** Gets what the function prints. */
  log: (text: string) => void;
}

/** How long a bundle may take to load, milliseconds. Lambda gives 10 s; a laptop may be busy with more than this. */
const LOAD_LIMIT_MS = 30_000;

/** One running copy of a function: a worker thread with the bundle loaded, for one event at a time. */
export interface Container {
  /** False once it has ended; it takes no more events then. */
  readonly alive: boolean;
  /** Resolves when the bundle is loaded. @throws FunctionFailure when that fails. */
  ready(): Promise<void>;
  /** @throws FunctionFailure when the function fails; after a time-out or a crash the container has ended. */
  invoke(invocation: InvocationMessage): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a container; its bundle loads meanwhile, as in Lambda's init phase. */
export function startContainer({ environment, log, ...start }: ContainerOptions): Container {
  const logStreamName = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
  const worker = new Worker(new URL('./container-main.ts', import.meta.url), {
    name: start.functionName,
    workerData: { ...start, logStreamName } satisfies ContainerStart,
    env: { ...environment, AWS_LAMBDA_LOG_STREAM_NAME: logStreamName },
    execArgv: (environment.NODE_OPTIONS ?? '').split(' ').filter(Boolean),
    resourceLimits: { maxOldGenerationSizeMb: start.memoryMb },
    stdout: true,
    stderr: true,
  });
  forward(worker.stdout, log);
  forward(worker.stderr, log);

  let alive = true;
  let crash: FailurePayload | undefined;
  const ready = Promise.withResolvers<FailurePayload | undefined>();
  let current: { requestId: string; settle: (outcome: Outcome) => void } | undefined;
  const end = (failure: FailurePayload): void => {
    alive = false;
    crash ??= failure;
    ready.resolve(crash);
    current?.settle({ failure: crash });
  };
  worker.on('message', (message: ContainerMessage) => {
    if (message.kind === 'ready') ready.resolve(undefined);
    else if (message.kind === 'broken') end(message.failure);
    else if (message.requestId !== current?.requestId) return;
    else
      current.settle(message.kind === 'result' ? { result: message.result } : { failure: message.failure });
  });
  const loadLimit = setTimeout(() => {
    end({ errorType: 'Sandbox.Timedout', errorMessage: 'The bundle was not loaded after 30 seconds' });
    void worker.terminate();
  }, LOAD_LIMIT_MS);
  void ready.promise.then(() => clearTimeout(loadLimit));
  worker.on('error', error => end(crashOf(error)));
  worker.on('exit', code =>
    end({ errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with exit status ${code}` }),
  );

  return {
    get alive() {
      return alive;
    },
    async ready() {
      const failure = await ready.promise;
      if (failure) throw new FunctionFailure('', failure);
    },
    async invoke(invocation) {
      const { requestId, event, timeoutMs } = invocation;
      if (Buffer.byteLength(event) > PAYLOAD_MAX_BYTES) {
        throw new FunctionFailure(requestId, tooLarge('event'));
      }
      const answered = Promise.withResolvers<Outcome>();
      current = { requestId, settle: answered.resolve };
      if (crash) answered.resolve({ failure: crash });
      const limit = setTimeout(() => {
        alive = false;
        answered.resolve({ failure: timedOut(invocation) });
        void worker.terminate();
      }, timeoutMs);
      worker.postMessage(invocation);
      const outcome = await answered.promise;
      clearTimeout(limit);
      current = undefined;
      if ('failure' in outcome) throw new FunctionFailure(requestId, outcome.failure);
      if (Buffer.byteLength(outcome.result) > PAYLOAD_MAX_BYTES) {
        throw new FunctionFailure(requestId, tooLarge('answer'));
      }
      return JSON.parse(outcome.result);
    },
    async stop() {
      alive = false;
      await worker.terminate();
    },
  };
}

type Outcome = { result: string } | { failure: FailurePayload };

function crashOf(error: unknown): FailurePayload {
  const { code, name, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return { errorType: 'Runtime.OutOfMemory', errorMessage: 'The function ran out of its memory' };
  }
  return { errorType: name ?? 'Error', errorMessage: message, trace: (stack ?? '').split('\n') };
}

function timedOut({ requestId, timeoutMs }: InvocationMessage): FailurePayload {
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

function forward(stream: Readable, log: (text: string) => void): void {
  stream.setEncoding('utf8');
  stream.on('data', log);
}

import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Rights } from '../rights/guard.ts';
import { type Container, type ContainerOptions, startContainer } from './container.ts';
import { FunctionFailure, TooManyRequests } from './function-failure.ts';

/**
 * Maximum number of containers of a function without reserved concurrency; further events wait.
 * Lambda would start a thousand. Each costs half a second of processor time until it has answered
 * its first event, so there are two a processor.
 */
export const LOCAL_CONCURRENCY = Math.min(8, 2 * availableParallelism());

const STOPPED = { errorType: 'Sandbox.Stopped', errorMessage: 'The function is stopped' };

export interface LambdaFunctionOptions extends ContainerOptions {
  timeoutMs: number;
  /**
   * Maximum number of concurrent events; more are refused. Default: LOCAL_CONCURRENCY, and more
   * wait.
   */
  reservedConcurrency?: number | undefined;
  /** Called for every failed invocation. */
  onFailure?: (failure: FunctionFailure) => void;
}

/** The result of a successful invocation. */
export interface Invocation {
  requestId: string;
  result: unknown;
}

/**
 * A deployed function. Containers are started when events need them, and are kept for further
 * events.
 */
export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  readonly rights?: Rights | undefined;
  /** Whether `stop` was called: then it answers no events. */
  readonly stopped: boolean;
  /**
   * Runs the function with an event, which is passed as JSON.
   * @throws FunctionFailure if it failed, timed out or crashed · TooManyRequests above its reserved
   * concurrency
   */
  invoke(event: unknown): Promise<Invocation>;
  /**
   * Starts a first container, so that a broken bundle is noticed at once.
   * @throws FunctionFailure if the bundle can't be loaded
   */
  warm(): Promise<void>;
  /** Stops running containers, and refuses waiting and later events. */
  stop(): Promise<void>;
}

export function makeLambdaFunction({
  timeoutMs,
  reservedConcurrency,
  onFailure,
  ...options
}: LambdaFunctionOptions): LambdaFunction {
  const limit = reservedConcurrency ?? LOCAL_CONCURRENCY;
  const idle: Container[] = [];
  const all = new Set<Container>();
  const waiting: (() => void)[] = [];
  let busy = 0;
  let stopped = false;

  async function enter(): Promise<void> {
    if (busy < limit) {
      busy++;
      return;
    }
    if (reservedConcurrency !== undefined) throw new TooManyRequests(options.functionName);
    // A call that ends passes its place on, so `busy` does not change.
    await new Promise<void>(resolve => waiting.push(resolve));
  }

  /** As Lambda's runtime does. */
  function logFailure({ requestId, payload: { errorType, errorMessage, trace } }: FunctionFailure): void {
    const failure = JSON.stringify({ errorType, errorMessage, stack: trace });
    options.log(`${new Date().toISOString()}\t${requestId}\tERROR\tInvoke Error\t${failure}\n`);
  }

  function leave(container: Container): void {
    if (container.alive) idle.push(container);
    else all.delete(container);
    const next = waiting.shift();
    if (next) next();
    else busy--;
  }

  function take(): Container {
    for (let container = idle.pop(); container; container = idle.pop()) {
      if (container.alive) return container;
      all.delete(container);
    }
    const container = startContainer(options);
    all.add(container);
    return container;
  }

  return {
    name: options.functionName,
    arn: options.functionArn,
    rights: options.rights,
    get stopped() {
      return stopped;
    },
    async invoke(event) {
      await enter();
      const requestId = randomUUID();
      // Events that waited until the stop, and later ones, start no containers.
      if (stopped) {
        waiting.shift()?.();
        throw new FunctionFailure(requestId, STOPPED);
      }
      const container = take();
      try {
        // Loading the bundle has its own time limit, as in Lambda's init phase.
        await container.ready(requestId);
        const result = await container.invoke({ requestId, event: JSON.stringify(event), timeoutMs });
        return { requestId, result };
      } catch (cause) {
        const failure = cause instanceof FunctionFailure ? cause : asFailure(requestId, cause);
        logFailure(failure);
        onFailure?.(failure);
        throw failure;
      } finally {
        leave(container);
      }
    },
    async warm() {
      if (limit === 0) return;
      const container = take();
      try {
        await container.ready(randomUUID());
      } catch (cause) {
        if (cause instanceof FunctionFailure) logFailure(cause);
        throw cause;
      }
      idle.push(container);
    },
    async stop() {
      stopped = true;
      await Promise.all([...all].map(container => container.stop()));
      all.clear();
    },
  };
}

function asFailure(requestId: string, cause: unknown): FunctionFailure {
  const { name, message } = cause as Error;
  return new FunctionFailure(requestId, { errorType: name, errorMessage: message });
}

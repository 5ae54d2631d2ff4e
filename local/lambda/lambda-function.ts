import { randomUUID } from 'node:crypto';
import type { Rights } from '../rights/guard.ts';
import { type Container, type ContainerOptions, startContainer } from './container.ts';
import { FunctionFailure, TooManyRequests } from './function-failure.ts';

/**
 * Containers of a function without a reserved concurrency; further events wait for one. Lambda
 * would start a thousand.
 */
const LOCAL_CONCURRENCY = 8;

const STOPPED = { errorType: 'Sandbox.Stopped', errorMessage: 'The function is stopped' };

export interface LambdaFunctionOptions extends ContainerOptions {
  timeoutMs: number;
  /** Events at a time; more are refused. Left out: 8, and more wait. */
  reservedConcurrency?: number | undefined;
  /** Told of every failed invocation. */
  onFailure?: (failure: FunctionFailure) => void;
}

/** What came of a successful invocation. */
export interface Invocation {
  requestId: string;
  result: unknown;
}

/** A deployed function: containers are started when events need them and stay for the next ones. */
export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  readonly rights?: Rights | undefined;
  /** Whether `stop` was called: it answers no event any more. */
  readonly stopped: boolean;
  /**
   * Runs the function on an event, which is passed on as JSON.
   * @throws FunctionFailure when it failed, timed out or crashed · TooManyRequests above its
   * reserved concurrency
   */
  invoke(event: unknown): Promise<Invocation>;
  /**
   * Starts a first container, so that a bundle that can't be loaded shows at once. @throws
   * FunctionFailure when it can't.
   */
  warm(): Promise<void>;
  /** Ends what runs, and refuses what waits and what comes later. */
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
    // A call that ends passes its place on, so `busy` stays as it is.
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
      // Who waited for a place until the end, and who comes later, starts nothing any more.
      if (stopped) {
        waiting.shift()?.();
        throw new FunctionFailure(requestId, STOPPED);
      }
      const container = take();
      try {
        // What the bundle does when it is loaded has its own time, as in Lambda's init phase.
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

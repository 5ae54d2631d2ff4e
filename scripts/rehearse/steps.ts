/**
 * Runs the steps of a long work one after another, says how each went and how long it took, and
 * ends what they started.
 */
export interface Steps {
  /**
   * Runs one step; `detail` makes what is printed behind its duration of its result.
   * @throws what `work` throws; no step runs after `signal` was aborted
   */
  run<T>(name: string, work: (signal: AbortSignal) => Promise<T>, detail?: (result: T) => string): Promise<T>;
  /**
   * Has something done at the end, whatever happens: the last one first. Once the end has come it
   * is done at once.
   */
  atEnd(name: string, end: () => Promise<void> | void): void;
  /**
   * Does all that `atEnd` was given. A failure among them is said, and the others are done all the
   * same.
   */
  end(): Promise<void>;
}

export interface StepsOptions {
  write(text: string): void;
  /** Milliseconds that only grow. */
  now(): number;
  /** Aborted: the step under way is the last one. */
  signal: AbortSignal;
}

export function makeSteps({ write, now, signal }: StepsOptions): Steps {
  const ends: { name: string; end: () => Promise<void> | void }[] = [];
  let ended = false;
  const endAll = async () => {
    for (const { name, end } of ends.splice(0).reverse()) {
      try {
        await end();
      } catch (cause) {
        write(`✗ ${name}: ${(cause as Error).message}\n`);
      }
    }
  };
  return {
    async run(name, work, detail) {
      signal.throwIfAborted();
      const began = now();
      const took = () => `${((now() - began) / 1000).toFixed(1)} s`;
      write(`· ${name} …\n`);
      try {
        const result = await untilAborted(work(signal), signal);
        write(`✓ ${name}: ${took()}${detail ? `, ${detail(result)}` : ''}\n`);
        return result;
      } catch (cause) {
        write(`✗ ${name}: ${took()}\n`);
        throw cause;
      }
    },
    atEnd(name, end) {
      ends.push({ name, end });
      // A step that was given up may still start something.
      if (ended) void endAll();
    },
    async end() {
      ended = true;
      await endAll();
    },
  };
}

/** A promise's result, or the reason of the abort as soon as there is one. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

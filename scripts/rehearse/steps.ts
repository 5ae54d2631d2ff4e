/**
 * Runs the steps of a long task one after another, prints the result and duration of each, and
 * cleans up after them.
 */
export interface Steps {
  /**
   * Runs one step; `detail` turns its result into text that is printed after its duration.
   * @throws the error of `work`; no step runs after `signal` was aborted
   */
  run<T>(name: string, work: (signal: AbortSignal) => Promise<T>, detail?: (result: T) => string): Promise<T>;
  /**
   * Registers work for the end, which runs in reverse order in any case. After the end it runs at
   * once.
   */
  atEnd(name: string, end: () => Promise<void> | void): void;
  /** Does all work of `atEnd`. A failure is printed, and the rest is done nevertheless. */
  end(): Promise<void>;
}

export interface StepsOptions {
  write(text: string): void;
  /** A monotonic clock, milliseconds. */
  now(): number;
  /** Aborted: the current step is the last one. */
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
      // An abandoned step may still start something.
      if (ended) void endAll();
    },
    async end() {
      ended = true;
      await endAll();
    },
  };
}

/** A promise's result, or the abort's reason as soon as there is one. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

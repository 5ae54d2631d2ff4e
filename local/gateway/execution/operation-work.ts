import { LIMITS, WORK_LIMITS } from '../limits.ts';
import { makePacer, type Pacer } from './pacer.ts';

/** Bounds the work of an operation, and lets other requests run in between. */
export interface OperationWork {
  pacer: Pacer;
  /** Counts the size of a field in the answer. An answer over the limit ends the operation. */
  add(name: string, value: unknown): void;
  /** Runs a resolver when it is its turn; an operation runs a few resolvers at a time. */
  runResolver<Value>(run: () => Promise<Value>): Promise<Value>;
  /** Resolves when the operation is aborted. */
  ended: Promise<undefined>;
  isEnded(): boolean;
  end(): void;
}

/** The weight of a resolver's start for the pacer, because it copies its arguments. */
const FIELDS_OF_A_RESOLVER = 100;

export function makeOperationWork(nextTurn?: (run: () => void) => void): OperationWork {
  const pacer = makePacer(nextTurn);
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  const bytesOfObjects = new WeakMap<object, number>();
  const waiting: (() => void)[] = [];
  let bytes = 0;
  let running = 0;
  let over = false;

  function end(): void {
    over = true;
    pacer.stop();
    resolve(undefined);
  }

  function bytesOf(value: unknown): number {
    if (typeof value === 'string') return value.length + 2;
    if (typeof value !== 'object' || value === null) return 1;
    const known = bytesOfObjects.get(value) ?? JSON.stringify(value).length;
    bytesOfObjects.set(value, known);
    return known;
  }

  return {
    pacer,
    ended,
    isEnded: () => over,
    end,
    add(name, value) {
      bytes += name.length + '"":'.length + bytesOf(value);
      if (bytes > LIMITS.responseBytes) end();
    },
    async runResolver(run) {
      if (running < WORK_LIMITS.resolversAtOnce) running++;
      // A resolver that ends passes its place to the next one.
      else await new Promise<void>(resolve => waiting.push(resolve));
      try {
        await pacer.turn(FIELDS_OF_A_RESOLVER);
        return await run();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else running--;
      }
    },
  };
}

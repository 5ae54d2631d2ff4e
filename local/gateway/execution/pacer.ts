import { WORK_LIMITS } from '../limits.ts';

/** Lets other requests run while a long answer is completed. */
export interface Pacer {
  /** Whether this many fields may be completed in this turn. */
  mayRun(fields: number): boolean;
  /**
   * Resolves when it is the turn of a piece with this many fields. Pieces continue in the order of
   * their calls.
   */
  turn(fields: number): Promise<void>;
  /** Ends all turns. */
  stop(): void;
}

/**
 * The pacer of an operation. `nextTurn` runs a function after the waiting work of the event loop.
 */
export function makePacer(nextTurn: (run: () => void) => void = setImmediate): Pacer {
  const most = WORK_LIMITS.fieldsPerTurn;
  let waiting: { fields: number; resolve: () => void }[] = [];
  let next = 0;
  let spent = 0;
  let scheduled = false;
  let stopped = false;

  function schedule(): void {
    if (scheduled || stopped) return;
    scheduled = true;
    nextTurn(run);
  }

  function run(): void {
    scheduled = false;
    spent = 0;
    while (next < waiting.length && spent < most) {
      const { fields, resolve } = waiting[next++]!;
      spent += fields;
      resolve();
    }
    if (next < waiting.length) schedule();
    else {
      waiting = [];
      next = 0;
    }
  }

  return {
    mayRun(fields) {
      if (stopped || spent + fields > most) return false;
      spent += fields;
      schedule();
      return true;
    },
    turn: fields =>
      new Promise(resolve => {
        if (stopped) return;
        waiting.push({ fields, resolve });
        schedule();
      }),
    stop() {
      stopped = true;
      waiting = [];
      next = 0;
    },
  };
}

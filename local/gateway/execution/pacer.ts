import { WORK_LIMITS } from '../limits.ts';

/** Lets other requests have their turns while one long answer is completed. */
export interface Pacer {
  /** Whether so many fields may be completed at once, in this turn. */
  mayRun(fields: number): boolean;
  /**
   * Resolves when it is the turn of a piece with so many fields. Pieces go on in the order in which
   * they asked.
   */
  turn(fields: number): Promise<void>;
  /** Gives no turns any more. */
  stop(): void;
}

/** The pacer of one operation. `nextTurn` runs a function after what waits in the event loop. */
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

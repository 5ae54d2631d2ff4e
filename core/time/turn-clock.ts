import type { Clock } from './clock.ts';

let now: number | undefined;

/**
 * The time, read once in a turn of the event loop, for callers that ask thousands of times a turn.
 * It is never older than the turn: an immediate clears it before the loop can wait, so a function
 * that was frozen does not resume with an old time.
 */
export const turnClock: Clock = () => {
  if (now === undefined) {
    now = Date.now();
    setImmediate(forget);
  }
  return now;
};

function forget(): void {
  now = undefined;
}

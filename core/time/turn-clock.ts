import type { Clock } from './clock.ts';

let now: number | undefined;

/**
 * The time, read once in a turn of the event loop, for what asks thousands of times a turn. It is
 * never older than the turn: an immediate forgets it before the loop can wait, so a function that
 * was frozen does not wake up with old time.
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

import { randomInt } from 'node:crypto';

/** Above what earlier releases counted up to. */
const FROM = 2 ** 32;
const BELOW = 2 ** 48 - 1;

/**
 * The version of a lane's next write, or of a new segment of idle pairs: never one that was there
 * before.
 */
export function randomVersion(): number {
  return randomInt(FROM, BELOW);
}

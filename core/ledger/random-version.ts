import { randomInt } from 'node:crypto';

/** Above all versions of earlier releases, which counted up. */
const FROM = 2 ** 32;
const BELOW = 2 ** 48 - 1;

/**
 * The version of a lane's next write, or of a new segment of idle pairs. It never repeats an
 * earlier one.
 *
 * @param draw gives a random integer from the first number to below the second
 */
export function randomVersion(draw: (from: number, below: number) => number = randomInt): number {
  return draw(FROM, BELOW);
}

import { fnv1a } from '../../hash.ts';

/**
 * Removals that the log keeps. Between two trims it holds up to twice as many; 256 hashes stay
 * under one read unit.
 */
export const LOG_KEEPS = 128;

/**
 * A key's form in the log. Keys of one hash share their removals, which costs a miss now and then,
 * never a value.
 */
export const removalHash = fnv1a;

/**
 * The last keys that were removed from a cache, numbered from 1 on without gaps. What began when
 * fewer removals were known may be older than the removal of its key.
 */
export class RemovalLog {
  static readonly empty = new RemovalLog(0, []);

  /** How many removals there were, which is the number of the last one. */
  readonly last: number;
  /** The last removal that the log doesn't hold any more. */
  readonly #before: number;
  /** By hash of the key: the number of its last removal. */
  readonly #numbers: ReadonlyMap<number, number>;

  /** @param hashes of the last removals, the newest at the end */
  constructor(last: number, hashes: readonly number[]) {
    this.last = last;
    this.#before = last - hashes.length;
    this.#numbers = new Map(hashes.map((hash, index) => [hash, this.#before + 1 + index]));
  }

  /** How many removals the log holds. */
  get length(): number {
    return this.last - this.#before;
  }

  /** Does the log hold every removal after the one of this number? */
  reachesBackTo(number: number): boolean {
    return number >= this.#before && number <= this.last;
  }

  /** Does the log name this key after the removal of that number? */
  names(key: string, after: number): boolean {
    if (after >= this.last) return false;
    return (this.#numbers.get(removalHash(key)) ?? 0) > after;
  }

  /**
   * May the key have been removed after the removal of that number? Also where the log doesn't
   * reach back so far.
   */
  mayName(key: string, after: number): boolean {
    return after < this.#before || this.names(key, after);
  }
}

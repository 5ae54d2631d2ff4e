import { fnv1a } from '../../hash.ts';

/**
 * Removals that the log keeps. Between two trims it holds up to twice as many: 256 hashes fit in
 * one read unit.
 */
export const LOG_KEEPS = 128;

/**
 * A key's form in the log. Keys with the same hash share their removals: a removal of one is a miss
 * of the other, and never leaves a removed value servable.
 */
export const removalHash = fnv1a;

/**
 * The last keys that were removed from a cache, numbered from 1 without gaps. A load that began
 * when fewer removals were known may be older than the removal of its key.
 */
export class RemovalLog {
  static readonly empty = new RemovalLog(0, []);

  /** How many removals there were; also the number of the last one. */
  readonly last: number;
  /** The number of the last removal that the log no longer holds. */
  readonly #before: number;
  /** The number of the last removal of a key, by the key's hash. */
  readonly #numbers: ReadonlyMap<number, number>;

  /** @param hashes of the keys of the last removals, the newest at the end */
  constructor(last: number, hashes: readonly number[]) {
    this.last = last;
    this.#before = last - hashes.length;
    this.#numbers = new Map(hashes.map((hash, index) => [hash, this.#before + 1 + index]));
  }

  /** How many removals the log holds. */
  get length(): number {
    return this.last - this.#before;
  }

  /** Whether the log holds every removal after the one with this number. */
  reachesBackTo(number: number): boolean {
    return number >= this.#before && number <= this.last;
  }

  /** Whether the log names this key after the removal with the number `after`. */
  names(key: string, after: number): boolean {
    if (after >= this.last) return false;
    return (this.#numbers.get(removalHash(key)) ?? 0) > after;
  }

  /**
   * Whether the key may have been removed after the removal with the number `after`. True also when
   * the log doesn't reach back so far.
   */
  mayName(key: string, after: number): boolean {
    return after < this.#before || this.names(key, after);
  }
}

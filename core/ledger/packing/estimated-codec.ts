import type { PackedReader } from './packed-reader.ts';
import type { PackedWriter } from './packed-writer.ts';

/*
 * Estimated counts are appended to packed data, and only if there are any: other data has no extra
 * byte.
 */

/**
 * The estimated counts of a pair: all bytes of its boot or none, and a sum of other boots if the
 * item has one.
 */
interface Estimated {
  readonly estimated: boolean;
  readonly earlier_estimated?: bigint;
}

/** A pair with estimated bytes, by its place among the item's pairs. */
interface EstimatedPair {
  index: number;
  pair: Estimated;
}

/** The pairs with estimated bytes; undefined if there are none, as nearly always. */
export function estimatedPairs(pairs: Iterable<Estimated>): EstimatedPair[] | undefined {
  let found: EstimatedPair[] | undefined;
  let index = 0;
  for (const pair of pairs) {
    if (pair.estimated || (pair.earlier_estimated ?? 0n) !== 0n) {
      found ??= [];
      found.push({ index, pair });
    }
    index++;
  }
  return found;
}

/**
 * Writes for each pair how many pairs were skipped before it, whether its boot's bytes are
 * estimated, and the sum of other boots.
 */
export function writeEstimated(out: PackedWriter, pairs: readonly EstimatedPair[]): void {
  out.number(pairs.length);
  let next = 0;
  for (const { index, pair } of pairs) {
    out.number((index - next) * 2 + (pair.estimated ? 1 : 0));
    out.count(pair.earlier_estimated ?? 0n);
    next = index + 1;
  }
}

/** Reads what {@link writeEstimated} wrote into the pairs that were read before. */
export function readEstimated(
  input: PackedReader,
  pairs: ReadonlyMap<string, { -readonly [Name in keyof Estimated]: Estimated[Name] }>,
): void {
  const all = [...pairs.values()];
  let next = 0;
  for (let left = input.number(); left > 0; left--) {
    const skipped = input.number();
    const earlier = input.count();
    const pair = all[next + Math.floor(skipped / 2)];
    if (!pair) throw new RangeError(`packed data names an estimated pair beyond its ${all.length}`);
    pair.estimated = skipped % 2 === 1;
    if (pair.earlier_estimated !== undefined) pair.earlier_estimated = earlier;
    next += Math.floor(skipped / 2) + 1;
  }
}

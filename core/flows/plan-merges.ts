import { HOUR_MS } from './object-key.ts';
import type { StoredObject } from './read-hour.ts';

/**
 * Number of objects that an hour may have without being merged: listing and reading them costs
 * little.
 */
const FEW_OBJECTS = 4;

/** Compressed bytes that are merged at once. As text they need ten to fifteen times this memory. */
const GROUP_BYTES = 8 * 1024 * 1024;

/**
 * Time after an hour's end by which most of its batches are written. Later batches are merged
 * later.
 */
const GRACE_MS = 2 * 60_000;

/**
 * The groups of an hour's objects that are due to be merged, each into one object: batches that
 * ingest wrote, if the hour has ended and has more than a few of them, together with merged objects
 * that are still small. Large merged objects stay unchanged.
 *
 * @param now milliseconds since the epoch
 * @param erased_ms objects with lines from before this time may contain erased lines
 */
export function planMerges(
  listed: readonly StoredObject[],
  { hour, now, erased_ms }: { hour: number; now: number; erased_ms: number },
): StoredObject[][] {
  if (now < hour + HOUR_MS + GRACE_MS) return [];
  const batches = listed.filter(({ generation }) => generation === 0);
  const due = batches.length > FEW_OBJECTS || batches.some(({ first_ms }) => first_ms < erased_ms);
  return due ? groupMerges(listed) : [];
}

/** Groups of all batches and of merged objects that are still small, in the order of `listed`. */
export function groupMerges(listed: readonly StoredObject[]): StoredObject[][] {
  const groups: StoredObject[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const object of listed) {
    if (object.generation > 0 && object.size >= GROUP_BYTES / 4) continue;
    if (bytes + object.size > GROUP_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(object);
    bytes += object.size;
  }
  // Merging a single merged object would change nothing.
  return groups.filter(group => group.some(({ generation }) => generation === 0));
}

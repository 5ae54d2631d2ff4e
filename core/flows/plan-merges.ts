import { HOUR_MS } from './flow-key.ts';
import type { StoredObject } from './read-hour.ts';

/** Objects that an hour may have without being merged: to list and read them costs little. */
const FEW_OBJECTS = 4;

/**
 * Compressed bytes that are merged at once: what memory takes, ten to fifteen times as much as
 * text.
 */
const GROUP_BYTES = 8 * 1024 * 1024;

/** Batches of an hour are written until then, most often. Later ones are merged later. */
const GRACE_MS = 2 * 60_000;

/**
 * What of an hour is to be merged, group by group, each into one object: what ingest wrote, once
 * the hour has ended and there is more than a little of it, together with merged objects that are
 * still small. Large ones stay as they are.
 *
 * @param now milliseconds since the epoch
 * @param erased_ms an object with something from before it may hold lines that were erased
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

/**
 * All batches, group by group, with merged objects that are still small; in the order of `listed`.
 */
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
  // A merged object alone would become itself.
  return groups.filter(group => group.some(({ generation }) => generation === 0));
}

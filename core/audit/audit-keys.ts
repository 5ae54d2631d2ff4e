import { encodeTime } from 'ulid';
import type { ItemKey } from '../storage/item.ts';

/** Partition of a month's changes, `2026-01`. */
export function changePartition(month: string): string {
  return `CHANGE#${month}`;
}

/** Partition of a month's refused attempts, so that a flood of them doesn't slow down changes. */
export function refusalPartition(month: string): string {
  return `REFUSAL#${month}`;
}

/** Partition of a month's events that aren't changes by a caller: entries with TTL. */
export function eventPartition(month: string): string {
  return `EVENT#${month}`;
}

/** Partition of the items about an entry's id: its receipt, and which entry has reversed it. */
function entryPartition(id: string): string {
  return `ENTRY#${id}`;
}

/** Partition of a month's entries of earlier releases, in the Network table; read-only. */
export function legacyPartition(month: string): string {
  return `AUDIT#${month}`;
}

const CHANGES = changePartition('');
const LEGACY = legacyPartition('');
const EVENTS = eventPartition('');

/** Whether a partition contains entries of changes; those of old releases contain refusals too. */
export function isChange(pk: string): boolean {
  return pk.startsWith(CHANGES) || pk.startsWith(LEGACY);
}

/** Whether the entries of a partition are published to subscribers. */
export function isPublished(pk: string): boolean {
  return isChange(pk) || pk.startsWith(EVENTS);
}

/** Prefixes of the audit log's partitions, whose items are never changed or removed. */
export const AUDIT_PREFIXES = [CHANGES, refusalPartition(''), entryPartition(''), LEGACY];

/**
 * An entry's place in the log, its sort key: the time of the try that committed it, then its id.
 * Places sort by time over all partitions.
 */
export function placeOf({ at_ms, id }: { at_ms: number; id: string }): string {
  return timePlace(at_ms) + id;
}

/** The place before every place of this time, and after all earlier ones. */
export function timePlace(ms: number): string {
  return encodeTime(Math.max(0, ms), TIME_LENGTH);
}

/** How many characters of a place, and of a ULID, are the time. */
const TIME_LENGTH = 10;

/** The place of an entry of an earlier release, by the time in its id. */
export function legacyPlace(id: string): string {
  return id.slice(0, TIME_LENGTH) + id;
}

/**
 * The id that bounds entries of earlier releases: those with smaller ids are exactly those before
 * this place or time.
 */
export function legacyBound(place: string): string {
  const time = place.slice(0, TIME_LENGTH);
  const id = place.slice(TIME_LENGTH);
  if (id === '' || id.startsWith(time)) return time + id.slice(TIME_LENGTH);
  return id < time ? time : `${time}~`;
}

/** The month of a time, `2026-01`, UTC. */
export function monthOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

/** Key of a change's receipt: which entry was committed under the id of its operation. */
export function receiptKey(id: string): ItemKey {
  return { pk: entryPartition(id), sk: RECEIPT };
}

const RECEIPT = 'RECEIPT';

/** Key of the item that names the entry which has reversed the one with this id. */
export function undoneKey(id: string): ItemKey {
  return { pk: entryPartition(id), sk: 'UNDONE' };
}

import { encodeTime } from 'ulid';
import type { ItemKey } from '../storage/item.ts';

/** Partition of a month's changes, `2026-01`. */
export function changePartition(month: string): string {
  return `CHANGE#${month}`;
}

/**
 * Partition of a month's refused attempts: apart from the changes, so that a flood of them costs
 * these nothing.
 */
export function refusalPartition(month: string): string {
  return `REFUSAL#${month}`;
}

/**
 * Partition of a month's events that are no changes by anyone: with TTL, in the form of entries.
 */
export function eventPartition(month: string): string {
  return `EVENT#${month}`;
}

/** Partition of what belongs to an entry's id: where the entry of a change stands. */
function entryPartition(id: string): string {
  return `ENTRY#${id}`;
}

/**
 * Partition of a month of entries of earlier releases, in the Network table. Nothing writes there
 * any more.
 */
export function legacyPartition(month: string): string {
  return `AUDIT#${month}`;
}

const CHANGES = changePartition('');
const LEGACY = legacyPartition('');
const EVENTS = eventPartition('');

/**
 * Whether entries of changes stand in a partition; refusals may stand there too, of earlier
 * releases.
 */
export function isChange(pk: string): boolean {
  return pk.startsWith(CHANGES) || pk.startsWith(LEGACY);
}

/** Whether what stands in a partition is told to subscribers. */
export function isTold(pk: string): boolean {
  return isChange(pk) || pk.startsWith(EVENTS);
}

/**
 * Begins every partition of the audit log: what stands in them is never changed and never removed.
 */
export const AUDIT_PREFIXES = [CHANGES, refusalPartition(''), entryPartition(''), LEGACY];

/**
 * An entry's place in the log, its sort key: by the time of the try that committed it, then by its
 * id. Places sort as times do, over all partitions.
 */
export function placeOf({ at_ms, id }: { at_ms: number; id: string }): string {
  return timePlace(at_ms) + id;
}

/** Before every place of this time, and after all earlier ones. */
export function timePlace(ms: number): string {
  return encodeTime(Math.max(0, ms), TIME_LENGTH);
}

/** Characters of a place, and of a ULID, that say the time. */
const TIME_LENGTH = 10;

/** The place of an entry of an earlier release: those stand by the time in their id. */
export function legacyPlace(id: string): string {
  return id.slice(0, TIME_LENGTH) + id;
}

/**
 * The id before which stand exactly those entries of earlier releases whose place is before this
 * one, whether a place or a time.
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

/** The receipt of a change: which entry was committed under the id of its operation. */
export function receiptKey(id: string): ItemKey {
  return { pk: entryPartition(id), sk: RECEIPT };
}

const RECEIPT = 'RECEIPT';

/** Which entry has reversed the one with this id. */
export function undoneKey(id: string): ItemKey {
  return { pk: entryPartition(id), sk: 'UNDONE' };
}

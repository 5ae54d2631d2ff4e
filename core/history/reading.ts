import { groupOf } from '../ledger/lane-keys.ts';

/** Identifies a reading of the lanes: the minute for which it was taken, and when it began. */
export interface ReadingId {
  minute: number;
  taken_at: number;
}

/** A reading of all lanes, with its groups if there was more than one. */
export interface Reading extends ReadingId {
  groups?: ReadGroups | undefined;
}

/** The number of groups in which the lanes were read, and the late ones. */
export interface ReadGroups {
  of: number;
  late: readonly LateGroup[];
}

/**
 * A group that had not been read when the mark was put, and the earlier reading that replaces it.
 */
export interface LateGroup extends ReadingId {
  index: number;
}

/** The reading of a bucket's lanes in a reading of all lanes. */
export function readingOf({ minute, taken_at, groups }: Reading, bucket: string): ReadingId {
  const late = groups?.late.length
    ? groups.late.find(({ index }) => index === groupOf(bucket, groups.of))
    : undefined;
  return late ?? { minute, taken_at };
}

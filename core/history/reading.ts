import { groupOf } from '../ledger/lane-keys.ts';

/** Which reading of the lanes: the minute it was taken for, and when it was begun. */
export interface ReadingId {
  minute: number;
  taken_at: number;
}

/** A reading of all lanes, by groups where it was taken in more than one. */
export interface Reading extends ReadingId {
  groups?: ReadGroups | undefined;
}

/** In how many groups the lanes were read, and which of them were late. */
export interface ReadGroups {
  of: number;
  late: readonly LateGroup[];
}

/**
 * A group that had not been read when the mark was put, and the earlier reading that it has in its
 * place.
 */
export interface LateGroup extends ReadingId {
  index: number;
}

/** The reading that the lanes of a bucket have in a reading of all lanes. */
export function readingOf({ minute, taken_at, groups }: Reading, bucket: string): ReadingId {
  const late = groups?.late.length
    ? groups.late.find(({ index }) => index === groupOf(bucket, groups.of))
    : undefined;
  return late ?? { minute, taken_at };
}

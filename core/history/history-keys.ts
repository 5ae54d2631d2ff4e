import { RESOLUTIONS, type Resolution } from './resolution.ts';

/**
 * Keys of samples in the Traffic table. Instants are written to the minute, UTC: they sort as text.
 */

/** A partition of all snapshot marks; a day of minutes is one page of a Query. */
export const MARKS_PARTITION = 'SNAPSHOT';

/** A partition of the readings that hold counts of long before. */
export const LATE_PARTITION = 'LATE';

/** Sort key of a mark, and the beginning of the sort key of a policy's sample. */
export function instantKey(resolution: Resolution, at: number): string {
  return `${RESOLUTIONS[resolution].key}#${minuteText(at)}`;
}

/** In place of a policy's id: the sum of all policies. No policy has an empty id. */
export const ALL_TRAFFIC = '';

export function policySamplePartition(policy_id: string): string {
  return `SAMPLE#${policy_id}`;
}

/**
 * Sort key of a policy's sample. It holds the time of reading, so that two runs of one minute never
 * overwrite each other: the mark says which of them counts.
 */
export function policySampleKey(resolution: Resolution, at: number, taken_at: number): string {
  return `${instantKey(resolution, at)}#${taken_at}`;
}

/** A partition of the lane samples of one reading: one of as many buckets as lanes have. */
export function laneSamplePartition(reading: { minute: number; taken_at: number; bucket: string }): string {
  return `LANES#${minuteText(reading.minute)}#${reading.taken_at}#${reading.bucket}`;
}

/** A partition of what the groups of a reading found. */
export function groupReadingPartition(reading: { minute: number; taken_at: number }): string {
  return `READING#${minuteText(reading.minute)}#${reading.taken_at}`;
}

function minuteText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

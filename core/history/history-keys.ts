import { RESOLUTIONS, type Resolution } from './resolution.ts';

/**
 * Keys of samples in the Traffic table. Instants are UTC minutes as text, which sorts by time.
 */

/** The partition of all snapshot marks. A day of minutes is one page of a Query. */
export const MARKS_PARTITION = 'SNAPSHOT';

/** The partition of readings with counts of long before. */
export const LATE_PARTITION = 'LATE';

/** Sort key of a mark, and the beginning of the sort key of a policy's sample. */
export function instantKey(resolution: Resolution, at: number): string {
  return `${RESOLUTIONS[resolution].key}#${minuteText(at)}`;
}

/** In place of a policy's id: the sum of all policies. */
export const ALL_TRAFFIC = '';

export function policySamplePartition(policy_id: string): string {
  return `SAMPLE#${policy_id}`;
}

/**
 * Sort key of a policy's sample. It contains the time of the reading, so that two runs of one
 * minute do not overwrite each other. The mark names the run that counts.
 */
export function policySampleKey(resolution: Resolution, at: number, taken_at: number): string {
  return `${instantKey(resolution, at)}#${taken_at}`;
}

/** The partition of one bucket of a reading's lane samples. */
export function laneSamplePartition(reading: { minute: number; taken_at: number; bucket: string }): string {
  return `LANES#${minuteText(reading.minute)}#${reading.taken_at}#${reading.bucket}`;
}

/** The partition of the results of a reading's groups. */
export function groupReadingPartition(reading: { minute: number; taken_at: number }): string {
  return `READING#${minuteText(reading.minute)}#${reading.taken_at}`;
}

function minuteText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

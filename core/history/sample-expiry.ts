import { RESOLUTIONS, type Resolution, type Retention } from './resolution.ts';

/**
 * How far before a mark the last sample of an unchanged policy or lane may be: the first snapshot
 * of each hour has all of them. Samples are kept for that much longer than their retention, so that
 * the oldest range has its base.
 */
export const BASE_WITHIN_MS = {
  MINUTE: RESOLUTIONS.HOUR.ms,
  HOUR: RESOLUTIONS.HOUR.ms,
  DAY: RESOLUTIONS.DAY.ms,
} as const;

/** When a sample of an instant expires, in seconds since the epoch, for DynamoDB's TTL. */
export function expiryOf(
  at: number,
  { resolution, retention }: { resolution: Resolution; retention: Retention },
): number {
  return Math.ceil((at + retention[resolution] + BASE_WITHIN_MS[resolution]) / 1000);
}

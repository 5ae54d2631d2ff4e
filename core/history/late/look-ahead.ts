import { RESOLUTIONS, type Resolution } from '../resolution.ts';

/**
 * How far after a range readers look for samples with late counts of it: the longest usual time
 * between two reports of an edge. A reading with older late counts is listed (`late-readings.ts`).
 */
export const LOOK_AHEAD_MS: Record<Resolution, number> = {
  MINUTE: RESOLUTIONS.HOUR.ms,
  HOUR: 2 * RESOLUTIONS.HOUR.ms,
  DAY: 2 * RESOLUTIONS.DAY.ms,
};

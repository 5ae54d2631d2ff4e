import { RESOLUTIONS, type Resolution } from '../resolution.ts';

/**
 * How far behind a range readers look for samples that bring late counts of it: as long as edges
 * may take from one report to the next. A reading that reaches back further is listed
 * (`late-readings.ts`).
 */
export const LOOK_AHEAD_MS: Record<Resolution, number> = {
  MINUTE: RESOLUTIONS.HOUR.ms,
  HOUR: 2 * RESOLUTIONS.HOUR.ms,
  DAY: 2 * RESOLUTIONS.DAY.ms,
};

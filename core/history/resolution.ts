import { ValidationError } from '../errors.ts';

/** The spacing of kept samples, finest first. Names are the schema's; `key` is what sort keys begin with. */
export const RESOLUTIONS = {
  MINUTE: { key: '1m', ms: 60_000, keepMs: 48 * 3_600_000 },
  HOUR: { key: '1h', ms: 3_600_000, keepMs: 90 * 86_400_000 },
  DAY: { key: '1d', ms: 86_400_000, keepMs: 730 * 86_400_000 },
} as const;

export type Resolution = keyof typeof RESOLUTIONS;

/** How long samples of each resolution are kept, in milliseconds. */
export type Retention = Record<Resolution, number>;

export const DEFAULT_RETENTION: Retention = {
  MINUTE: RESOLUTIONS.MINUTE.keepMs,
  HOUR: RESOLUTIONS.HOUR.keepMs,
  DAY: RESOLUTIONS.DAY.keepMs,
};

/** The most points that one answer holds. */
const MAX_POINTS = 10_000;

/** The number of points a graph can show: a resolution that isn't asked for is chosen to stay below it. */
const COMFORTABLE_POINTS = 1_500;

/** A range of time whose ends lie on the grid of its resolution. Milliseconds since the epoch, UTC; `to` is exclusive. */
export interface Range {
  from: number;
  to: number;
  resolution: Resolution;
}

export interface RangeRequest {
  from: number;
  to: number;
  resolution?: Resolution | undefined;
  now: number;
  retention?: Retention;
  /** The most points that the caller can take; 10,000 by default. */
  max_points?: number;
}

/**
 * Checks a range and puts its ends on the grid: `from` down, `to` up, but never past now. Without a resolution it takes
 * the finest that is still kept at `from` and gives at most 1,500 points.
 *
 * @throws ValidationError for ends in the wrong order, a range that is no longer kept, or more points than `max_points`
 */
export function resolveRange(request: RangeRequest): Range {
  const { from, to, now, retention = DEFAULT_RETENTION, max_points = MAX_POINTS } = request;
  if (!(from < to)) {
    throw new ValidationError(`from (${iso(from)}) must lie before to (${iso(to)}).`);
  }
  if (from > now) throw new ValidationError(`from (${iso(from)}) lies in the future.`);
  const resolution = request.resolution ?? chooseResolution(request);
  const oldest = now - retention[resolution];
  if (from < oldest) {
    throw new ValidationError(
      `${resolution} samples are kept since ${iso(oldest)}: ask for a later from${coarserHint(resolution)}.`,
    );
  }
  const { ms } = RESOLUTIONS[resolution];
  const start = floorTo(from, ms);
  const end = Math.min(ceilTo(to, ms), ceilTo(now, ms));
  const points = (end - start) / ms;
  if (points > max_points) {
    throw new ValidationError(
      `The range has ${points} points at resolution ${resolution}; at most ${max_points} are allowed: ask for a shorter range${coarserHint(resolution)}.`,
    );
  }
  return { from: start, to: end, resolution };
}

/** The instant at or before `at` on the grid of `ms`. Days and hours are UTC, so no clock change moves them. */
export function floorTo(at: number, ms: number): number {
  return Math.floor(at / ms) * ms;
}

function ceilTo(at: number, ms: number): number {
  return Math.ceil(at / ms) * ms;
}

function chooseResolution({ from, to, now, retention = DEFAULT_RETENTION }: RangeRequest): Resolution {
  const names = Object.keys(RESOLUTIONS) as Resolution[];
  const fits = names.find(
    name => from >= now - retention[name] && (to - from) / RESOLUTIONS[name].ms <= COMFORTABLE_POINTS,
  );
  return fits ?? 'DAY';
}

function coarserHint(resolution: Resolution): string {
  if (resolution === 'MINUTE') return ' or the resolution HOUR or DAY';
  if (resolution === 'HOUR') return ' or the resolution DAY';
  return '';
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

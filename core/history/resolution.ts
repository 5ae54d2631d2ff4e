import { ValidationError } from '../errors.ts';
import { timestamp } from '../storage/store-context.ts';

/**
 * The spacing of kept samples, finest first. Names are the schema's; `key` is what sort keys begin
 * with.
 */
export const RESOLUTIONS = {
  MINUTE: { key: '1m', ms: 60_000, keepMs: 48 * 3_600_000 },
  HOUR: { key: '1h', ms: 3_600_000, keepMs: 90 * 86_400_000 },
  DAY: { key: '1d', ms: 86_400_000, keepMs: 730 * 86_400_000 },
} as const;

/** Samples of the percentile that transit is billed by are so long. */
export const BILLING_INTERVAL_MS = 300_000;

export type Resolution = keyof typeof RESOLUTIONS;

/** Their names, finest first. */
export const RESOLUTION_NAMES = Object.keys(RESOLUTIONS) as Resolution[];

/** How long samples of each resolution are kept, in milliseconds. */
export type Retention = Record<Resolution, number>;

export const DEFAULT_RETENTION: Retention = {
  MINUTE: RESOLUTIONS.MINUTE.keepMs,
  HOUR: RESOLUTIONS.HOUR.keepMs,
  DAY: RESOLUTIONS.DAY.keepMs,
};

/** The most points that one answer holds. */
const MAX_POINTS = 10_000;

/**
 * The number of points a graph can show: a resolution that isn't asked for is chosen to stay below
 * it.
 */
const COMFORTABLE_POINTS = 1_500;

/**
 * A range of time whose ends lie on the grid of its resolution. Milliseconds since the epoch, UTC;
 * `to` is exclusive.
 */
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
  retention: Retention;
  /** The most points that the caller can take; 10,000 by default. */
  max_points?: number;
}

/**
 * Checks a range and puts its ends on the grid: `from` down, `to` up, but never past now. Without a
 * resolution it takes the finest that is still kept at `from` and gives at most 1,500 points.
 *
 * @throws ValidationError for ends in the wrong order, a range that is no longer kept, or more
 * points than `max_points`
 */
export function resolveRange(request: RangeRequest): Range {
  const { from, to, now, retention, max_points = MAX_POINTS } = request;
  if (!(from < to)) {
    throw new ValidationError(`from (${timestamp(from)}) must lie before to (${timestamp(to)}).`, {
      arguments: ['from', 'to'],
    });
  }
  if (from > now)
    throw new ValidationError(`from (${timestamp(from)}) lies in the future.`, { arguments: ['from'] });
  const resolution = request.resolution ?? chooseResolution(request);
  const oldest = oldestKept(resolution, request);
  if (from < oldest) {
    throw new ValidationError(
      `${resolution} samples are kept for ${span(retention[resolution])}, now since ${timestamp(oldest)}: choose a later value for from${coarserHint(resolution, name => from >= oldestKept(name, request))}.`,
      { arguments: ['from'] },
    );
  }
  const { ms } = RESOLUTIONS[resolution];
  const start = floorTo(from, ms);
  const end = Math.min(ceilTo(to, ms), ceilTo(now, ms));
  const points = (end - start) / ms;
  if (points > max_points) {
    throw new ValidationError(
      `The range has ${points} points at resolution ${resolution}; at most ${max_points} are allowed: ask for a shorter range${coarserHint(resolution, name => (to - from) / RESOLUTIONS[name].ms <= max_points)}.`,
      { arguments: ['from', 'to', 'resolution'] },
    );
  }
  return { from: start, to: end, resolution };
}

/**
 * The period of the same length just before a range.
 *
 * @throws ValidationError where its beginning is no longer kept
 */
export function previousRange({ from, to, resolution }: Range, kept: KeptAsOf): Range {
  const start = from - (to - from);
  const oldest = oldestKept(resolution, kept);
  if (start < oldest) {
    const hint = coarserHint(resolution, name => start >= oldestKept(name, kept));
    throw new ValidationError(
      `compare_previous needs samples from ${timestamp(start)} on, but ${resolution} samples are kept for ${span(kept.retention[resolution])}, now since ${timestamp(oldest)}: ask for a shorter range${hint}.`,
      { arguments: ['compare_previous'] },
    );
  }
  return { from: start, to: from, resolution };
}

/** What is kept, and as of when. */
export type KeptAsOf = Pick<RangeRequest, 'now' | 'retention'>;

/**
 * The earliest instant that may be asked for: on the grid, so that a range that was put there may
 * be asked for again.
 */
function oldestKept(resolution: Resolution, { now, retention }: KeptAsOf): number {
  return floorTo(now - retention[resolution], RESOLUTIONS[resolution].ms);
}

/**
 * Whether all that a snapshot's figures rest on is certainly there still. A policy or lane without
 * a sample of its own was sampled up to an hour before, and goes that much earlier; what has
 * expired is deleted late and in no order.
 */
export function isWhole(at: number, resolution: Resolution, { now, retention }: KeptAsOf): boolean {
  return at > now - retention[resolution] - RESOLUTIONS[resolution].ms;
}

/**
 * The instant at or before `at` on the grid of `ms`. Days and hours are UTC, so no clock change
 * moves them.
 */
export function floorTo(at: number, ms: number): number {
  return Math.floor(at / ms) * ms;
}

/** The instant at or after `at` on the grid of `ms`. */
export function ceilTo(at: number, ms: number): number {
  return Math.ceil(at / ms) * ms;
}

function chooseResolution({ from, to, ...kept }: RangeRequest): Resolution {
  const fits = RESOLUTION_NAMES.find(
    name => from >= oldestKept(name, kept) && (to - from) / RESOLUTIONS[name].ms <= COMFORTABLE_POINTS,
  );
  return fits ?? 'DAY';
}

/** The coarser resolutions that would do, where there are any. */
function coarserHint(resolution: Resolution, fits: (name: Resolution) => boolean): string {
  const coarser = RESOLUTION_NAMES.slice(RESOLUTION_NAMES.indexOf(resolution) + 1).filter(fits);
  return coarser.length === 0 ? '' : ` or the resolution ${coarser.join(' or ')}`;
}

function span(ms: number): string {
  const hours = ms / RESOLUTIONS.HOUR.ms;
  return hours < 72 ? `${hours} hours` : `${hours / 24} days`;
}

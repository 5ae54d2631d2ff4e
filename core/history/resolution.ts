import { ValidationError } from '../errors.ts';
import { timestamp } from '../storage/store-context.ts';

/**
 * The resolutions of samples, from the finest on. The names are those of the schema; `key` is the
 * beginning of sort keys.
 */
export const RESOLUTIONS = {
  MINUTE: { key: '1m', ms: 60_000, keepMs: 48 * 3_600_000 },
  HOUR: { key: '1h', ms: 3_600_000, keepMs: 90 * 86_400_000 },
  DAY: { key: '1d', ms: 86_400_000, keepMs: 730 * 86_400_000 },
} as const;

/** Length of the samples for the percentile by which transit is billed. */
export const BILLING_INTERVAL_MS = 300_000;

export type Resolution = keyof typeof RESOLUTIONS;

/** Names of the resolutions, from the finest on. */
export const RESOLUTION_NAMES = Object.keys(RESOLUTIONS) as Resolution[];

/** How long samples of each resolution are kept, in milliseconds. */
export type Retention = Record<Resolution, number>;

export const DEFAULT_RETENTION: Retention = {
  MINUTE: RESOLUTIONS.MINUTE.keepMs,
  HOUR: RESOLUTIONS.HOUR.keepMs,
  DAY: RESOLUTIONS.DAY.keepMs,
};

/** Upper limit of the points in an answer. */
const MAX_POINTS = 10_000;

/** The number of points that a graph can show. A resolution is chosen to stay below it. */
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
  /** Upper limit of the points that the caller accepts. Default: 10,000. */
  max_points?: number;
}

/**
 * Checks a range and moves its ends to the grid: `from` down, and `to` up but not past now. Without
 * a resolution it uses the finest one that is still kept at `from` and has up to 1,500 points.
 *
 * @throws ValidationError for ends in the wrong order, a range that is no longer kept, or more
 * points than `max_points`
 */
export function resolveRange(request: RangeRequest): Range {
  const { from, to, now, retention, max_points = MAX_POINTS } = request;
  if (!(from < to)) {
    throw new ValidationError(
      `from (${timestamp(from)}) is not before to (${timestamp(to)}): choose an earlier from or a later to.`,
      {
        arguments: ['from', 'to'],
      },
    );
  }
  if (from > now)
    throw new ValidationError(`from (${timestamp(from)}) is in the future.`, { arguments: ['from'] });
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
 * The period of the same length right before a range.
 *
 * @throws ValidationError if its beginning is no longer kept
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

/** The retention, and the time at which it is applied. */
export type KeptAsOf = Pick<RangeRequest, 'now' | 'retention'>;

/**
 * The earliest instant that a range may begin at. It is on the grid, so that a range that was moved
 * to the grid is valid too.
 */
function oldestKept(resolution: Resolution, { now, retention }: KeptAsOf): number {
  return floorTo(now - retention[resolution], RESOLUTIONS[resolution].ms);
}

/**
 * Whether all samples of a snapshot are certainly still kept. The sample of an unchanged policy or
 * lane is up to an hour older and expires that much earlier. Expired items are deleted late and in
 * no particular order.
 */
export function isWhole(at: number, resolution: Resolution, { now, retention }: KeptAsOf): boolean {
  return at > now - retention[resolution] - RESOLUTIONS[resolution].ms;
}

/**
 * The instant at or before `at` on the grid of `ms`. Days and hours are UTC, without daylight
 * saving time.
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

/** The part of a message that names the coarser resolutions that are possible, if there are any. */
function coarserHint(resolution: Resolution, fits: (name: Resolution) => boolean): string {
  const coarser = RESOLUTION_NAMES.slice(RESOLUTION_NAMES.indexOf(resolution) + 1).filter(fits);
  return coarser.length === 0 ? '' : ` or the resolution ${coarser.join(' or ')}`;
}

function span(ms: number): string {
  const hours = ms / RESOLUTIONS.HOUR.ms;
  return hours < 72 ? `${hours} hours` : `${hours / 24} days`;
}

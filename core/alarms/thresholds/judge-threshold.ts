import type { Threshold } from './threshold.ts';

/** A figure as the minute's run read it. */
export interface FigureNow {
  /** null: not known. */
  value: number | null;
  /** False: part of a sum isn't known, so that `value` is the least that it can be. */
  complete: boolean;
}

/** How far a threshold is. */
export interface ThresholdState {
  /** `updated_at` of the threshold that it is of: after a change it begins anew. */
  revision: string;
  /** The figure as it was judged last; null: not known. */
  value: number | null;
  /**
   * So many minutes in a row the figure was beyond, up to the threshold's `minutes`: then there is
   * an alarm.
   */
  count: number;
  /** The first of these minutes, milliseconds; null: none. */
  since_ms: number | null;
  /** Since when what to say isn't known, milliseconds. */
  unknown_since_ms: number | null;
}

/** What isn't known for so long ends what was known before. */
export const FORGET_AFTER_MS = 3_600_000;

export const UNKNOWN_FIGURE: FigureNow = { value: null, complete: false };

export const isRaised = ({ minutes }: Threshold, { count }: ThresholdState): boolean => count >= minutes;

/**
 * The state after another minute. Pure. A minute that isn't judged changes nothing; one whose
 * figure isn't known changes nothing either, but after an hour of them an alarm is over and a count
 * begins anew.
 */
export function judgeThreshold(
  threshold: Threshold,
  before: ThresholdState | undefined,
  { figure, minute_ms }: { figure: FigureNow; minute_ms: number },
): ThresholdState {
  const revision = threshold.updated_at;
  const state = before?.revision === revision ? before : NOTHING_YET;
  const beyond = isBeyond(threshold, figure, isRaised(threshold, state));
  const { value } = figure;
  if (beyond === undefined) {
    const unknown_since_ms = state.unknown_since_ms ?? minute_ms;
    const isOver = minute_ms - unknown_since_ms >= FORGET_AFTER_MS;
    const { count, since_ms } = isOver ? NOTHING_YET : state;
    return { revision, value, count, since_ms, unknown_since_ms };
  }
  if (!beyond) return { ...NOTHING_YET, revision, value };
  const count = Math.min(state.count + 1, threshold.minutes);
  return { revision, value, count, since_ms: state.since_ms ?? minute_ms, unknown_since_ms: null };
}

const NOTHING_YET: ThresholdState = {
  revision: '',
  value: null,
  count: 0,
  since_ms: null,
  unknown_since_ms: null,
};

/**
 * Whether the figure is beyond the value, or still beyond the one that ends an alarm; undefined:
 * not known.
 */
function isBeyond(
  { direction, value: limit, clear_value }: Threshold,
  { value, complete }: FigureNow,
  raised: boolean,
): boolean | undefined {
  if (value === null) return undefined;
  const edge = raised ? clear_value : limit;
  // What is missing in a sum could only add to it.
  if (direction === 'ABOVE') return value > edge ? true : complete ? false : undefined;
  return value >= edge ? false : complete ? true : undefined;
}

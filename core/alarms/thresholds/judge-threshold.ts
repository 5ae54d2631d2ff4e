import type { Threshold } from './threshold.ts';

/** A figure that the minute's run has read. */
export interface FigureNow {
  /** null: not known. */
  value: number | null;
  /** False: part of a sum isn't known, so `value` is a lower bound. */
  complete: boolean;
}

/** The state of a threshold. */
export interface ThresholdState {
  /** `updated_at` of its threshold. After a change of the threshold the state begins again. */
  revision: string;
  /** The figure that was judged last; null: not known. */
  value: number | null;
  /**
   * For how many minutes in a row the figure was beyond the value, up to the threshold's `minutes`.
   * At that number there is an alarm.
   */
  count: number;
  /** When these minutes began, milliseconds; null: there are none. */
  since_ms: number | null;
  /** Since when the figure is not known, milliseconds. */
  unknown_since_ms: number | null;
}

/** After this time without a known figure, an alarm ends and a count begins again. */
export const FORGET_AFTER_MS = 3_600_000;

export const UNKNOWN_FIGURE: FigureNow = { value: null, complete: false };

export const isRaised = ({ minutes }: Threshold, { count }: ThresholdState): boolean => count >= minutes;

/**
 * The state after another minute. Pure. A minute that isn't judged changes nothing. A minute whose
 * figure isn't known changes nothing either, but after an hour of them an alarm ends and a count
 * begins again.
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
 * Whether the figure is beyond the value or, during an alarm, beyond the clear value; undefined:
 * not known.
 */
function isBeyond(
  { direction, value: limit, clear_value }: Threshold,
  { value, complete }: FigureNow,
  raised: boolean,
): boolean | undefined {
  if (value === null) return undefined;
  const edge = raised ? clear_value : limit;
  // The missing part of a sum would increase it.
  if (direction === 'ABOVE') return value > edge ? true : complete ? false : undefined;
  return value >= edge ? false : complete ? true : undefined;
}

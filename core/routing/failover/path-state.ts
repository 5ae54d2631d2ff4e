import { z } from 'zod';
import { type WeekSummary, weekSummarySchema } from '../health/week-scores.ts';
import { goodSince, holdIsOver } from './failback-hold.ts';
import { type FailoverSettings, failbackAbove } from './failover-settings.ts';

/**
 * Whether one policy uses one path. Times in ms since the Unix epoch, by the measurements' clock.
 */
export const pathStateSchema = z.object({
  /** True: the policy does not use this path. */
  out: z.boolean(),
  /** When the policy last left the path or came back. */
  since_ms: z.number(),
  /** The path's scores in the week before it was taken out; absent: not known, or not out. */
  week: weekSummarySchema.exactOptional(),
  /** Start of the unbroken run of measurements above the failback threshold. */
  good_since_ms: z.number().exactOptional(),
  /** The newest measurement that was judged. */
  seen_ms: z.number(),
  /** Maintenance: an operator keeps the path out until then, at any score … */
  until_ms: z.number().exactOptional(),
  /** … or until it is restored. */
  until_restored: z.boolean().exactOptional(),
});

export type PathState = z.infer<typeof pathStateSchema>;

export interface ScoreSample {
  /** Settled. */
  score: number;
  at_ms: number;
  /** Nothing got through: the path is left at once, at any score. */
  dead?: boolean;
  /** The path's scores in the week before. */
  week?: WeekSummary | undefined;
}

export interface FailoverStep {
  state: PathState;
  event?: 'failover' | 'failback';
}

/**
 * The next state after one measurement. Pure. A score between the two thresholds changes nothing,
 * so that noise around either does not make a path flap. A measurement that is not newer than the
 * last is ignored. `held`: the path must not come back yet, at any score.
 */
export function nextState(
  state: PathState | undefined,
  sample: ScoreSample,
  settings: FailoverSettings,
  { held = false }: { held?: boolean } = {},
): FailoverStep {
  const before = state ?? { out: false, since_ms: sample.at_ms, seen_ms: Number.NEGATIVE_INFINITY };
  if (sample.at_ms <= before.seen_ms) return { state: before };
  if (!before.out) return whileIn(before, sample, settings);
  return whileOut(before, sample, { settings, held });
}

/** How long an operator keeps a path out. Without terms: until it has been good for long enough. */
export interface WithdrawalTerms {
  until_ms?: number | undefined;
  until_restored?: boolean | undefined;
}

/** The state of a path that an operator withdraws. */
export function withdrawPath(
  state: PathState | undefined,
  { now, week, until_ms, until_restored }: { now: number; week: WeekSummary | undefined } & WithdrawalTerms,
): PathState {
  return {
    out: true,
    since_ms: now,
    ...(week && { week }),
    seen_ms: Math.max(now, state?.seen_ms ?? now),
    ...(until_ms !== undefined && { until_ms }),
    ...(until_restored && { until_restored }),
  };
}

function whileIn(before: PathState, sample: ScoreSample, settings: FailoverSettings): FailoverStep {
  const failed = sample.dead || sample.score < settings.failover_below;
  if (!failed) return { state: { out: false, since_ms: before.since_ms, seen_ms: sample.at_ms } };
  const { at_ms, week } = sample;
  return {
    state: { out: true, since_ms: at_ms, ...(week && { week }), seen_ms: at_ms },
    event: 'failover',
  };
}

function whileOut(
  before: PathState,
  sample: ScoreSample,
  { settings, held }: { settings: FailoverSettings; held: boolean },
): FailoverStep {
  const { at_ms } = sample;
  const { since_ms, week } = before;
  const still: PathState = { out: true, since_ms, ...(week && { week }), seen_ms: at_ms };
  if (sample.dead || sample.score <= failbackAbove(settings, week)) return { state: still };
  const good_since_ms = goodSince(before, at_ms);
  if (!held && holdIsOver({ good_since_ms, at_ms }, settings)) {
    return { state: { out: false, since_ms: at_ms, seen_ms: at_ms }, event: 'failback' };
  }
  return { state: { ...still, good_since_ms } };
}

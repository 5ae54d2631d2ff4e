import { z } from 'zod';
import { goodSince, holdIsOver } from './failback-hold.ts';
import type { FailoverSettings } from './failover-settings.ts';

/**
 * Whether one policy uses one path. Times in ms since the Unix epoch, by the measurements' clock.
 */
export const pathStateSchema = z.object({
  /** True: the policy does not use this path. */
  out: z.boolean(),
  /** When it last changed sides. */
  since_ms: z.number(),
  /** The first of the measurements above `failback_above` that have come without a break. */
  good_since_ms: z.number().exactOptional(),
  /** The newest measurement that was looked at. */
  seen_ms: z.number(),
});

export type PathState = z.infer<typeof pathStateSchema>;

export interface ScoreSample {
  score: number;
  at_ms: number;
  /** Nothing got through: out at once, whatever the score. */
  dead?: boolean;
}

export interface FailoverStep {
  state: PathState;
  event?: 'failover' | 'failback';
}

/**
 * The next state after one measurement. Pure. Between the two thresholds nothing changes sides, so
 * that noise around either does not make a path flap; a measurement not newer than the last is
 * ignored.
 */
export function nextState(
  state: PathState | undefined,
  sample: ScoreSample,
  settings: FailoverSettings,
): FailoverStep {
  const before = state ?? { out: false, since_ms: sample.at_ms, seen_ms: Number.NEGATIVE_INFINITY };
  if (sample.at_ms <= before.seen_ms) return { state: before };
  return before.out ? whileOut(before, sample, settings) : whileIn(before, sample, settings);
}

/** Withdraws a path because an operator says so; it comes back by itself like any other. */
export function withdrawPath(state: PathState | undefined, now: number): PathState {
  return { out: true, since_ms: now, seen_ms: Math.max(now, state?.seen_ms ?? now) };
}

function whileIn(before: PathState, sample: ScoreSample, settings: FailoverSettings): FailoverStep {
  const failed = sample.dead || sample.score < settings.failover_below;
  if (!failed) return { state: { out: false, since_ms: before.since_ms, seen_ms: sample.at_ms } };
  return { state: { out: true, since_ms: sample.at_ms, seen_ms: sample.at_ms }, event: 'failover' };
}

function whileOut(before: PathState, sample: ScoreSample, settings: FailoverSettings): FailoverStep {
  const { at_ms } = sample;
  if (sample.dead || sample.score <= settings.failback_above) {
    return { state: { out: true, since_ms: before.since_ms, seen_ms: at_ms } };
  }
  const good_since_ms = goodSince(before, at_ms);
  if (holdIsOver({ good_since_ms, at_ms }, settings)) {
    return { state: { out: false, since_ms: at_ms, seen_ms: at_ms }, event: 'failback' };
  }
  return { state: { out: true, since_ms: before.since_ms, good_since_ms, seen_ms: at_ms } };
}

import { z } from 'zod';
import { ifUpdatedAt } from '../../audit/refuse-changed.ts';
import { type PathPreference, type PathWeights, PREFERENCES } from '../choice/path-preference.ts';
import { DEFAULT_FAILOVER } from '../failover/failover-settings.ts';

const SCORE = 'must be a health score from 0 to 100';
const WEIGHT = 'must be a number from 0 to 1000000';
const HOLD = 'must be a whole number of seconds from 0 to 86400';
const PREFERENCE = `must be one of ${PREFERENCES.join(', ')}`;

const score = (value: number) =>
  z
    .number(SCORE)
    .min(0, SCORE)
    .max(100, SCORE)
    .nullish()
    .transform(given => given ?? value);

const weight = z
  .number(WEIGHT)
  .min(0, WEIGHT)
  .max(1_000_000, WEIGHT)
  .nullish()
  .transform(given => given ?? 0);

const weights = z
  .object({ latency: weight, jitter: weight, loss: weight, bandwidth: weight, cost: weight })
  .refine(given => Object.values(given).some(value => value > 0), 'must have at least one weight above 0');

/** Arguments of setPolicyRouting, with defaults for those that are left out. */
export const policyRoutingInput = z
  .object({
    policy_id: z.string(),
    preference: z
      .enum(PREFERENCES, PREFERENCE)
      .nullish()
      .transform(given => given ?? 'LOWEST_LATENCY'),
    weights: weights.nullish(),
    failover_below: score(DEFAULT_FAILOVER.failover_below),
    failback_above: score(DEFAULT_FAILOVER.failback_above),
    failback_hold_seconds: z
      .int(HOLD)
      .min(0, HOLD)
      .max(86_400, HOLD)
      .nullish()
      .transform(given => given ?? DEFAULT_FAILOVER.failback_hold_seconds),
    if_updated_at: ifUpdatedAt,
  })
  .refine(({ preference, weights: given }) => (preference === 'CUSTOM') === (given != null), {
    error: 'weights are required for the preference CUSTOM, and not allowed for any other.',
    path: ['weights'],
  })
  .refine(({ failover_below, failback_above }) => failback_above >= failover_below, {
    error: 'failback_above must not be below failover_below.',
    path: ['failback_above'],
  })
  .transform(({ policy_id, if_updated_at, preference, weights: given, ...failover }) => ({
    policy_id,
    if_updated_at,
    preference: preferenceOf(preference, given),
    failover,
  }));

function preferenceOf(kind: PathPreference['kind'], given: PathWeights | null | undefined): PathPreference {
  return kind === 'CUSTOM' ? { kind, weights: given! } : { kind };
}

import { METRICS_MAX_AGE_MS } from '../metrics/metrics-age.ts';
import type { PathState } from './path-state.ts';

/**
 * In place of a policy id: every policy, later ones included. Set when an operator withdraws a
 * path.
 */
export const EVERY_POLICY = '*';

/**
 * A path without a measurement for this long is no longer kept out. It counts as unmeasured then,
 * and is used where there is no better one.
 */
const UNMEASURED_OUT_MS = 3_600_000;

/** Which policies have left a path. */
export type StatesByPolicy = Readonly<Record<string, PathState>>;

/** Whether an operator keeps the path out at any score. `now`: ms since the Unix epoch. */
export function inMaintenance(withdrawn: PathState | undefined, now: number): boolean {
  if (!withdrawn?.out) return false;
  return withdrawn.until_restored === true || now < (withdrawn.until_ms ?? 0);
}

/** Whether a state with `out` still keeps the path out. */
export function isStillOut(state: PathState | undefined, now: number): boolean {
  if (!state?.out) return false;
  if (inMaintenance(state, now)) return true;
  const { since_ms, seen_ms, until_ms } = state;
  if (until_ms === undefined) return now - seen_ms < UNMEASURED_OUT_MS;
  // After a maintenance the path comes back unless it was measured in it and found bad.
  return seen_ms > since_ms && now - seen_ms < METRICS_MAX_AGE_MS;
}

/** Whether a policy must not use the path now. */
export function isOut(
  { policies }: { policies: StatesByPolicy },
  { policy_id, now }: { policy_id: string; now: number },
): boolean {
  const withdrawn = policies[EVERY_POLICY];
  if (inMaintenance(withdrawn, now)) return true;
  return isStillOut(policies[policy_id] ?? withdrawn, now);
}

/**
 * The ids of the policies that must not use the path now; {@link EVERY_POLICY} alone where an
 * operator withdrew it and none of them has come back.
 *
 * @param enabled ids of the enabled policies, which are named one by one when some have come back
 */
export function outFor(
  { policies }: { policies: StatesByPolicy },
  { enabled, now }: { enabled: Iterable<string>; now: number },
): string[] {
  const withdrawn = policies[EVERY_POLICY];
  const own = Object.keys(policies).filter(id => id !== EVERY_POLICY);
  const everyone = inMaintenance(withdrawn, now) || isStillOut(withdrawn, now);
  const someAreBack = own.some(id => !policies[id]!.out) && !inMaintenance(withdrawn, now);
  if (everyone && !someAreBack) return [EVERY_POLICY];
  const ids = everyone ? new Set([...own, ...enabled]) : own;
  return [...ids].filter(policy_id => isOut({ policies }, { policy_id, now }));
}

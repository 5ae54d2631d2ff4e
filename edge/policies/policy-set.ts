import { DEFAULT_POLICY_ID, type PolicyRule } from '../../core/policy/policy.ts';
import type { Pair } from '../../core/report/report-parts.ts';

/**
 * The policies that an edge applies, `default` left out, and which version of the system's policies
 * that is.
 */
export interface PolicySet {
  version: string;
  policies: PolicyRule[];
}

/** The version of policies that the system did not hand out: those of a file, or none. */
export const UNVERSIONED = '0';

/** Nothing but `default`. */
export const NO_POLICIES: PolicySet = { version: UNVERSIONED, policies: [] };

/** Every pair that these policies can count under. */
export function expectedPairs({ policies }: PolicySet, endpoint_ids: readonly string[]): Pair[] {
  const ids = [...policies.filter(({ enabled }) => enabled).map(({ id }) => id), DEFAULT_POLICY_ID];
  return ids.flatMap(policy_id => endpoint_ids.map(endpoint_id => ({ policy_id, endpoint_id })));
}

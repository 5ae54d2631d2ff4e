import { DEFAULT_POLICY_ID, type PolicyRule } from '../../core/policy/policy.ts';
import type { Pair } from '../../core/report/report-parts.ts';

/** The policies that an edge applies, without `default`, and their version in the system. */
export interface PolicySet {
  version: string;
  policies: PolicyRule[];
}

/** The version of policies that are not from the system: those of a file, or none. */
export const UNVERSIONED = '0';

/** Only `default`. */
export const NO_POLICIES: PolicySet = { version: UNVERSIONED, policies: [] };

/** All pairs under which these policies can count. */
export function expectedPairs({ policies }: PolicySet, endpoint_ids: readonly string[]): Pair[] {
  const ids = [...policies.filter(({ enabled }) => enabled).map(({ id }) => id), DEFAULT_POLICY_ID];
  return ids.flatMap(policy_id => endpoint_ids.map(endpoint_id => ({ policy_id, endpoint_id })));
}

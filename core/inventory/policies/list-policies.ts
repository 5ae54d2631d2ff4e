import { BUILT_IN_POLICY, type PolicyRule } from '../../policy/policy.ts';
import { compareKeys } from '../../storage/key-order.ts';
import { comparePolicies, type DefinedPolicy } from './policy-items.ts';

/** A line of the list of policies: a defined one, the built-in one, or an id that was only counted. */
export interface ListedPolicy extends PolicyRule {
  defined: boolean;
  built_in: boolean;
  created_at: string | null;
  updated_at: string | null;
}

/** A defined policy as a line of the list. */
export function listed(policy: DefinedPolicy): ListedPolicy {
  return { ...policy, defined: true, built_in: false };
}

/** The built-in policy as a line of the list. */
export const builtIn: ListedPolicy = {
  ...BUILT_IN_POLICY,
  defined: true,
  built_in: true,
  created_at: null,
  updated_at: null,
};

/** An id that edges count under but that isn't defined; shown as switched off, because it matches nothing. */
export function undefinedPolicy(id: string): ListedPolicy {
  return {
    id,
    name: `Unknown policy ${id}`,
    priority: 0,
    enabled: false,
    match: {},
    defined: false,
    built_in: false,
    created_at: null,
    updated_at: null,
  };
}

/** Where a page of the list begins: after this line, wherever its place is now. */
export interface ListPosition {
  /** 0 defined, 1 built in, 2 unknown. */
  rank: number;
  priority: number;
  id: string;
}

export function positionOf({ id, priority, defined, built_in }: ListedPolicy): ListPosition {
  return { rank: defined ? Number(built_in) : 2, priority, id };
}

/** Whether a line comes after a position; the list may have changed since the position was taken. */
export function isAfter(policy: ListedPolicy, position: ListPosition): boolean {
  const own = positionOf(policy);
  if (own.rank !== position.rank) return own.rank > position.rank;
  if (own.rank === 0) return comparePolicies(own, position) > 0;
  return compareKeys(own.id, position.id) > 0;
}

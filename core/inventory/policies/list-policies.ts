import { BUILT_IN_POLICY, type PolicyRule } from '../../policy/policy.ts';
import { comparePolicyIds } from '../../policy/policy-match.ts';
import { compareKeys } from '../../storage/key-order.ts';
import { comparePolicies, type DefinedPolicy } from './policy-items.ts';

/** A line of the list: a defined policy, the built-in one, or an undefined id with counters. */
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

/** The line of an id that edges count under but that isn't defined; it is shown as disabled. */
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

/** Orders of the defined policies; the built-in one follows, then undefined ids in order. */
export const POLICY_ORDERS = ['PRIORITY', 'NAME', 'UPDATED'] as const;

export type PolicyOrder = (typeof POLICY_ORDERS)[number];

/** A page of the list begins after this line, or after its place when the line is gone. */
export interface ListPosition {
  /** 0 defined, 1 built in, 2 unknown. */
  rank: number;
  /** What the list is ordered by, as text. */
  value: string;
  id: string;
}

export function positionOf(policy: ListedPolicy, order: PolicyOrder): ListPosition {
  const { id, defined, built_in } = policy;
  return { rank: defined ? Number(built_in) : 2, value: orderValue(policy, order), id };
}

function orderValue({ priority, name, updated_at }: ListedPolicy, order: PolicyOrder): string {
  if (order === 'PRIORITY') return String(priority);
  return order === 'NAME' ? name : (updated_at ?? '');
}

/** Compares the places of two lines. */
export function comparePositions(a: ListPosition, b: ListPosition, order: PolicyOrder): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.rank !== 0) return compareKeys(a.id, b.id);
  if (order === 'PRIORITY') {
    return comparePolicies({ id: a.id, priority: Number(a.value) }, { id: b.id, priority: Number(b.value) });
  }
  const byValue =
    order === 'NAME' ? compareKeys(folded(a.value), folded(b.value)) : compareKeys(b.value, a.value);
  return byValue || comparePolicyIds(a.id, b.id);
}

/** Selects the lines that match every given field. */
export interface PolicyFilter {
  /** In the name or the id. */
  text?: string | null | undefined;
  enabled?: boolean | null | undefined;
}

export function passes({ id, name, enabled }: ListedPolicy, filter: PolicyFilter): boolean {
  if (filter.enabled !== null && filter.enabled !== undefined && filter.enabled !== enabled) return false;
  return folded(`${name}\n${id}`).includes(folded(filter.text ?? ''));
}

const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

import { DEFAULT_POLICY_ID, type PolicyMatch, type PolicyRule } from '../../policy/policy.ts';

/** A policy that somebody defined. */
export interface DefinedPolicy extends PolicyRule {
  /** RFC 3339, UTC. */
  created_at: string;
  updated_at: string;
}

/** The one item that every change of a policy goes through, so that changes have an order. */
export interface PoliciesMeta {
  /** Grows by one with every change. */
  version: number;
  /** The id of the next policy. */
  next_id: number;
  /** How many are defined. */
  count: number;
  /** What the last change did, so that a reader sees whether it sees all of it. */
  last_change: { id: string; deleted: boolean } | null;
}

/** How many policies may be defined: their list is read as a whole. */
export const MAX_POLICIES = 1000;

export const POLICY_PARTITION = 'POLICY';
export const META_KEY = { pk: POLICY_PARTITION, sk: '#META' } as const;
export const NO_POLICIES: PoliciesMeta = { version: 0, next_id: 1, count: 0, last_change: null };

/** The policy that isn't stored, because it can't be changed. */
export const BUILT_IN_POLICY: PolicyRule = {
  id: DEFAULT_POLICY_ID,
  name: 'Default',
  priority: 0,
  enabled: true,
  match: {},
};

/** A policy as it is stored; `version` is the policies' version that its last change made. */
export interface PolicyItem {
  pk: string;
  sk: string;
  version: number;
  name: string;
  priority: number;
  enabled: boolean;
  match: PolicyMatch;
  created_at: string;
  updated_at: string;
}

export function toItem(policy: DefinedPolicy, version: number): PolicyItem {
  const { id, ...rest } = policy;
  return { pk: POLICY_PARTITION, sk: id, version, ...rest };
}

export function fromItem({ pk: _, sk, version: __, ...rest }: PolicyItem): DefinedPolicy {
  return { id: sk, ...rest };
}

/** Highest priority first, lower id first among equals: the order in which edges match, and in which lists show them. */
export function comparePolicies(a: OrderedPolicy, b: OrderedPolicy): number {
  return b.priority - a.priority || Number(a.id) - Number(b.id);
}

export type OrderedPolicy = Pick<PolicyRule, 'id' | 'priority'>;

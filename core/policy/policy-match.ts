import { type FlowKey, KEY_WORDS, packFlowKey } from './flow-key.ts';
import { DEFAULT_POLICY_ID, type PolicyRule } from './policy.ts';
import { conditionsOf } from './policy-conditions.ts';

/** Decides which policy matches a flow. */
export interface PolicyMatcher {
  /** Ids by index, in the order in which they are tried; the last one is `default`. */
  readonly policy_ids: readonly string[];
  /** Index into `policy_ids` of the policy that matches the packed key at `base` of `words`. */
  matchPacked(words: Int32Array, base: number): number;
  /** The id of the policy that matches a flow. */
  match(flow: FlowKey): string;
}

/**
 * Compiles policies for matching: among enabled policies that match, the highest priority wins;
 * among equal priorities, the policy that was defined first ({@link comparePolicyIds}). `default`
 * is always the last one.
 *
 * @throws ValidationError for a network that can't be read.
 * @example compilePolicies([{ id: '1', name: 'web', priority: 10, enabled: true, match: { protocol:
 * 6 } }])
 */
export function compilePolicies(rules: readonly PolicyRule[]): PolicyMatcher {
  const tried = inOrderOfTrial(rules).filter(({ enabled }) => enabled);
  const conditions = tried.map(rule => conditionsOf(rule.match).map(({ holds }) => holds));
  const policy_ids = [...tried.map(rule => rule.id), DEFAULT_POLICY_ID];
  const fallback = conditions.length;
  const scratch = new Int32Array(KEY_WORDS);

  function matchPacked(words: Int32Array, base: number): number {
    for (let index = 0; index < fallback; index++) {
      if (conditions[index]!.every(holds => holds(words, base))) {
        return index;
      }
    }
    return fallback;
  }

  return {
    policy_ids,
    matchPacked,
    match(flow) {
      packFlowKey(flow, 0, scratch);
      return policy_ids[matchPacked(scratch, 0)]!;
    },
  };
}

/**
 * The policies in the order in which they are tried, including disabled ones, without `default`.
 */
export function inOrderOfTrial(rules: readonly PolicyRule[]): PolicyRule[] {
  return rules
    .filter(rule => rule.id !== DEFAULT_POLICY_ID)
    .toSorted((a, b) => b.priority - a.priority || comparePolicyIds(a.id, b.id));
}

const NUMERIC_ID = /^(0|[1-9]\d*)$/;

/**
 * Order of policy ids: "2" before "10" before "p-01k…" before "p-01m…". Ids that the system assigns
 * are in the order of definition: first numbers (by earlier releases), then `p-` and a ULID. Edges
 * of earlier releases compare in the same way.
 */
export function comparePolicyIds(a: string, b: string): number {
  const aNumeric = NUMERIC_ID.test(a);
  const bNumeric = NUMERIC_ID.test(b);
  if (aNumeric !== bNumeric) {
    return aNumeric ? -1 : 1;
  }
  if (aNumeric && a.length !== b.length) {
    return a.length - b.length;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

import { type FlowKey, KEY_WORDS, packFlowKey } from './flow-key.ts';
import { DEFAULT_POLICY_ID, type PolicyRule } from './policy.ts';
import { conditionsOf, type PolicyCondition } from './policy-conditions.ts';
import { inOrderOfTrial } from './policy-match.ts';

/** The policy that matches a flow, and why each other policy does not. */
export interface MatchExplanation {
  policy_id: string;
  /** All other policies in the order in which they are tried; `default` is last. */
  others: PolicyVerdict[];
}

/** Why a policy does not match a flow. */
export type PolicyVerdict =
  | { policy_id: string; reason: 'disabled' }
  /** It would match, but another policy is tried earlier. */
  | { policy_id: string; reason: 'comes_later' }
  | {
      policy_id: string;
      reason: 'condition';
      condition: PolicyCondition['name'];
      wanted: string;
      found: string;
    };

/**
 * Explains the decision of `compilePolicies` for one flow: the first condition that failed of each
 * policy.
 *
 * @throws ValidationError for addresses or networks that can't be read
 */
export function explainMatch(rules: readonly PolicyRule[], flow: FlowKey): MatchExplanation {
  const words = new Int32Array(KEY_WORDS);
  packFlowKey(flow, 0, words);
  let taken: string | undefined;
  const others: PolicyVerdict[] = [];
  for (const { id: policy_id, enabled, match } of inOrderOfTrial(rules)) {
    const failed = enabled ? conditionsOf(match).find(({ holds }) => !holds(words, 0)) : undefined;
    if (!enabled) others.push({ policy_id, reason: 'disabled' });
    else if (failed) {
      const { name: condition, wanted } = failed;
      others.push({ policy_id, reason: 'condition', condition, wanted, found: failed.foundIn(flow) });
    } else if (taken === undefined) taken = policy_id;
    else others.push({ policy_id, reason: 'comes_later' });
  }
  if (taken !== undefined) others.push({ policy_id: DEFAULT_POLICY_ID, reason: 'comes_later' });
  return { policy_id: taken ?? DEFAULT_POLICY_ID, others };
}

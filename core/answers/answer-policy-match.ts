import type {
  PolicyConditionName,
  PolicyMatching,
  PolicyVerdict as PresentedVerdict,
  ShadowedPolicies,
} from '../../graphql/schema.generated.ts';
import { type DraftedPolicies, policyNames } from '../inventory/policies/policy-draft.ts';
import { applicationClass } from '../policy/application-class.ts';
import { explainMatch, type PolicyVerdict } from '../policy/explain-match.ts';
import type { FlowKey } from '../policy/flow-key.ts';
import { policyReaches } from '../policy/unreachable-policies.ts';

/** `matchPolicy`. */
export function answerMatching(policies: DraftedPolicies, flow: FlowKey): PolicyMatching {
  const nameOf = policyNames(policies);
  const { policy_id, others } = explainMatch(policies.drafted, flow);
  return {
    taken_by: nameOf(policy_id),
    application: applicationClass(flow.protocol, flow.src_port, flow.dst_port),
    others: others.map(verdict => ({ policy: nameOf(verdict.policy_id), ...presentReason(verdict) })),
    policies_version: String(policies.version),
  };
}

function presentReason(verdict: PolicyVerdict): Omit<PresentedVerdict, 'policy'> {
  if (verdict.reason !== 'condition') {
    const reason = verdict.reason === 'disabled' ? 'DISABLED' : 'COMES_LATER';
    return { reason, condition: null, wanted: null, found: null };
  }
  const { condition, wanted, found } = verdict;
  return { reason: 'CONDITION', condition: condition.toUpperCase() as PolicyConditionName, wanted, found };
}

/** `shadowedPolicies`. */
export function answerShadowed(policies: DraftedPolicies): ShadowedPolicies {
  const nameOf = policyNames(policies);
  const reaches = policyReaches(policies.drafted);
  return {
    items: reaches.flatMap(found =>
      found.reach === 'unreachable'
        ? [{ policy: nameOf(found.policy_id), shadowed_by: found.shadowed_by.map(nameOf) }]
        : [],
    ),
    undecided: reaches.flatMap(({ policy_id, reach }) => (reach === 'undecided' ? [nameOf(policy_id)] : [])),
    policies_version: String(policies.version),
  };
}

import { z } from 'zod';
import { noPolicy } from '../../errors.ts';
import { BUILT_IN_POLICY, DEFAULT_POLICY_ID, type PolicyRule } from '../../policy/policy.ts';
import { policyValuesSchema, refuseBuiltIn } from './policy-input.ts';
import type { Policies } from './read-policies.ts';

/**
 * A policy that isn't saved: a new one, or a defined one with other values. Omitted values are as
 * in `updatePolicy`.
 */
export const policyDraftSchema = policyValuesSchema
  .extend({ id: z.string().nullish() })
  .refine(({ id, priority }) => (id ?? priority ?? null) !== null, {
    error: 'A draft needs a priority from 0 to 1000, or the id of a defined policy.',
    path: ['priority'],
  });

export type PolicyDraft = z.output<typeof policyDraftSchema>;

/**
 * Used for the id that a new policy would get. It sorts after all existing ids, and so last among
 * policies of equal priority.
 */
const NEW_POLICY_ID = '~new';

const NEW_POLICY: PolicyRule = { id: NEW_POLICY_ID, name: 'Draft', priority: 0, enabled: true, match: {} };

/** The policies as they are saved, and as they would be with a draft. */
export interface DraftedPolicies {
  version: number;
  saved: readonly PolicyRule[];
  /** The policies with the draft; without a draft, as saved. */
  drafted: readonly PolicyRule[];
  /** The draft's id in `drafted`; undefined when there is no draft. */
  draft_id: string | undefined;
}

/** The policies as saved, or with the draft if one is given. @throws as {@link draftPolicies} */
export function maybeDrafted(policies: Policies, draft: PolicyDraft | null | undefined): DraftedPolicies {
  if (draft) return draftPolicies(policies, draft);
  const { version, defined } = policies;
  return { version, saved: defined, drafted: defined, draft_id: undefined };
}

/**
 * Applies a draft to the defined policies.
 *
 * @throws NotFound for an id that isn't defined · ValidationError for the built-in policy
 */
export function draftPolicies(
  { version, defined: saved }: Policies,
  draft: PolicyDraft,
): DraftedPolicies & { draft_id: string } {
  const { id } = draft;
  if (id === null || id === undefined) {
    return { version, saved, drafted: [...saved, changed(NEW_POLICY, draft)], draft_id: NEW_POLICY_ID };
  }
  refuseBuiltIn(id, 'draft.id');
  if (!saved.some(policy => policy.id === id)) throw noPolicy(id);
  const drafted = saved.map(policy => (policy.id === id ? changed(policy, draft) : policy));
  return { version, saved, drafted, draft_id: id };
}

function changed(policy: PolicyRule, draft: PolicyDraft): PolicyRule {
  return {
    id: policy.id,
    name: draft.name ?? policy.name,
    priority: draft.priority ?? policy.priority,
    enabled: draft.enabled ?? policy.enabled,
    match: draft.match ?? policy.match,
  };
}

/** How answers name a policy. */
export interface NamedPolicy {
  /** Null: the draft of a new policy. */
  policy_id: string | null;
  policy_name: string;
  /** Whether it is the draft. */
  draft: boolean;
}

/** Names policies as they would be with the draft. */
export function policyNames({ drafted, draft_id }: DraftedPolicies): (id: string) => NamedPolicy {
  const names = new Map([BUILT_IN_POLICY, ...drafted].map(({ id, name }) => [id, name]));
  return id => ({
    policy_id: id === NEW_POLICY_ID ? null : id,
    policy_name: names.get(id) ?? id,
    draft: id === draft_id && id !== DEFAULT_POLICY_ID,
  });
}

import { z } from 'zod';
import { ifUpdatedAt } from '../../audit/refuse-changed.ts';
import { ValidationError } from '../../errors.ts';
import { DEFAULT_POLICY_ID, POLICY_PRIORITY } from '../../policy/policy.ts';
import { policyMatchSchema } from '../../policy/policy-schema.ts';
import { clientToken } from '../../storage/commit-once.ts';
import { lineOfText } from '../model/parse-input.ts';

const PRIORITY_RULE = `priority must be a whole number from ${POLICY_PRIORITY.min} to ${POLICY_PRIORITY.max}.`;

const priority = z
  .int(PRIORITY_RULE)
  .min(POLICY_PRIORITY.min, PRIORITY_RULE)
  .max(POLICY_PRIORITY.max, PRIORITY_RULE);

// GraphQL clients send null for fields that they omit.
const match = z.preprocess(withoutNulls, policyMatchSchema);

const name = lineOfText('name', 100);

/** Input of createPolicy. */
export const newPolicySchema = z.object({
  name,
  priority,
  enabled: z
    .boolean()
    .nullish()
    .transform(enabled => enabled ?? true),
  match: match.nullish().transform(given => given ?? {}),
  client_token: clientToken,
});

/** Values of a policy: a value that is null or omitted doesn't change. */
export const policyValuesSchema = z.object({
  name: name.nullish(),
  priority: priority.nullish(),
  enabled: z.boolean().nullish(),
  match: match.nullish(),
});

/** Input of updatePolicy. */
export const policyPatchSchema = policyValuesSchema
  .extend({ if_updated_at: ifUpdatedAt })
  .refine(
    ({ if_updated_at: _, ...patch }) =>
      Object.values(patch).some(value => value !== null && value !== undefined),
    {
      error: 'Give at least one of name, priority, enabled and match to change.',
    },
  );

export type NewPolicy = z.output<typeof newPolicySchema>;
export type PolicyPatch = z.output<typeof policyPatchSchema>;

/** @throws ValidationError for the built-in policy; the error names `argument` */
export function refuseBuiltIn(id: string, argument = 'id'): void {
  if (id !== DEFAULT_POLICY_ID) return;
  throw new ValidationError(
    `Policy ${DEFAULT_POLICY_ID} is built in: it matches all traffic that no other policy matches, and it can't be changed. Define a policy with a higher priority instead.`,
    { arguments: [argument] },
  );
}

function withoutNulls(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([, given]) => given !== null));
}

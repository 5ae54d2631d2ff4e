import { z } from 'zod';
import { answerPolicyImpact } from '../../../core/answers/answer-policy-impact.ts';
import { answerMatching, answerShadowed } from '../../../core/answers/answer-policy-match.ts';
import {
  draftPolicies,
  maybeDrafted,
  policyDraftSchema,
} from '../../../core/inventory/policies/policy-draft.ts';
import { readPolicies } from '../../../core/inventory/policies/read-policies.ts';
import { flowKeySchema } from '../../../core/policy/flow-key-schema.ts';
import { COSTS, flowLogCost } from '../costs.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { wholeNumber } from '../whole-number.ts';

const MINUTE_MS = 60_000;

type DraftOperation = 'Query.matchPolicy' | 'Query.shadowedPolicies' | 'Query.policyImpact';

export const policyDraftResolvers: Pick<Resolvers, DraftOperation> = {
  'Query.matchPolicy': resolver({
    arguments: z.object({ flow: flowKeySchema, draft: policyDraftSchema.nullish() }),
    async resolve({ flow, draft }, { context }) {
      return answerMatching(maybeDrafted(await readPolicies(context), draft), flow);
    },
  }),

  'Query.shadowedPolicies': resolver({
    arguments: z.object({ draft: policyDraftSchema.nullish() }),
    cost: () => COSTS.shadowed_policies,
    async resolve({ draft }, { context }) {
      return answerShadowed(maybeDrafted(await readPolicies(context), draft));
    },
  }),

  'Query.policyImpact': resolver({
    arguments: z.object({
      draft: policyDraftSchema,
      window: wholeNumber('window', { max: 60, fallback: 60 }),
      limit: wholeNumber('limit', { max: 1000, fallback: 10 }),
    }),
    cost: ({ window }) => flowLogCost(window * MINUTE_MS) + COSTS.history_of_policy,
    async resolve({ draft, window, limit }, call) {
      const policies = draftPolicies(await readPolicies(call.context), draft);
      return answerPolicyImpact(call, {
        ...{ policies, limit },
        window_minutes: window,
        hosts_masked: call.flow_log_mask_hosts ?? false,
      });
    },
  }),
};

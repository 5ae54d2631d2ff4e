import { z } from 'zod';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { readPolicy } from '../../../core/inventory/policies/read-policies.ts';
import { resetAllStats, resetPolicyStats, undoReset } from '../../../core/ledger/figures/reset-stats.ts';
import { DEFAULT_POLICY_ID } from '../../../core/policy/policy.ts';
import { undoneResetMessage } from '../../../core/undo/undo-reset.ts';
import { type Resolvers, resolver } from '../resolver.ts';

type ResetOperation = 'Mutation.resetPolicyStats' | 'Mutation.resetAllStats' | 'Mutation.undoReset';

export const resetResolvers: Pick<Resolvers, ResetOperation> = {
  'Mutation.resetPolicyStats': resolver({
    arguments: z.object({ policy_id: idArgument }),
    target: ({ policy_id }) => `policy:${policy_id}`,
    async resolve({ policy_id }, { context, caller }) {
      const defined = policy_id === DEFAULT_POLICY_ID || (await readPolicy(context, policy_id)) !== undefined;
      const { audit_id } = await resetPolicyStats(context, { actor: caller, policy_id, defined });
      const message = `Policy ${policy_id} is shown from zero now. Its history is kept, and undoReset undoes the reset.`;
      return { success: true, message, audit_id };
    },
  }),

  'Mutation.resetAllStats': resolver({
    arguments: z.object({}),
    target: () => 'policies',
    async resolve(_, { context, caller }) {
      const { audit_id, policies } = await resetAllStats(context, { actor: caller });
      const message = `All policies are shown from zero now (${policies} had counts). Their history is kept, and undoReset undoes the reset.`;
      return { success: true, message, audit_id };
    },
  }),

  'Mutation.undoReset': resolver({
    arguments: z.object({ audit_id: idArgument }),
    async resolve({ audit_id }, { context, caller }) {
      const undone = await undoReset(context, { actor: caller, audit_id });
      const message = undoneResetMessage(undone.covers);
      return { success: true, message, audit_id: undone.audit_id };
    },
  }),
};

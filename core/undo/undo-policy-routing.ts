import { planRouting, policyRoutingSchema } from '../routing/decisions/policy-routing.ts';
import { timestamp } from '../storage/store-context.ts';
import { commitUndo } from './commit-undo.ts';
import { stepBack } from './step-back.ts';
import type { Undoer } from './undoer.ts';

/** setPolicyRouting: restores how the policy routes. */
export const undoPolicyRouting: Undoer = {
  role: 'Mutation.setPolicyRouting',
  undo: request =>
    commitUndo(request, async () => {
      const { context, entry } = request;
      const policy_id = entry.target!.slice('policy:'.length);
      const { before: current, putInstead } = await planRouting(context, policy_id);
      const back = stepBack({
        what: `The routing of policy ${policy_id}`,
        by_hand: 'setPolicyRouting',
        before: policyRoutingSchema.parse(entry.before),
        after: policyRoutingSchema.parse(entry.after),
        current,
        now: '',
      });
      return {
        did: 'setPolicyRouting',
        actions: putInstead(back, timestamp(context.clock())),
        before: current,
        after: back,
        message: `Policy ${policy_id} routes as before the change.`,
      };
    }),
};

import type { Caller } from '../../access/caller.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import {
  commitPolicyChange,
  type PolicyChanged,
  refuseOtherState,
  refuseTooMany,
} from './change-policies.ts';
import { refuseBuiltIn } from './policy-input.ts';
import { readPolicyVersion } from './policy-versions.ts';
import { readPolicy } from './read-policies.ts';

/**
 * Restores a definition from one of its versions. A policy that was deleted since is defined again.
 *
 * @throws NotFound · Conflict when the policy has changed since `if_updated_at` · ValidationError
 * for the built-in policy, or at the maximum number of policies
 */
export async function restorePolicyVersion(
  context: StoreContext,
  actor: Caller,
  { id, version, if_updated_at }: { id: string; version: string; if_updated_at?: number | undefined },
): Promise<PolicyChanged> {
  refuseBuiltIn(id);
  const kept = await readPolicyVersion(context, { id, version });
  return commitPolicyChange(context, { actor, operation: 'restorePolicyVersion' }, async meta => {
    const before = await readPolicy(context, id);
    await refuseOtherState(context, { id, updated_at: before?.updated_at ?? null }, if_updated_at);
    const after = { ...kept, updated_at: timestamp(context.clock()) };
    if (before) return { before, after };
    refuseTooMany(meta);
    return { after };
  });
}

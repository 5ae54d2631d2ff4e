import { isDeepStrictEqual } from 'node:util';
import type { AuditEntry, ChangeOperation } from '../audit/audit-entry.ts';
import { Conflict } from '../errors.ts';
import { policyActions, type Step } from '../inventory/policies/change-policies.ts';
import { type DefinedPolicy, definedPolicySchema, MAX_POLICIES } from '../inventory/policies/policy-items.ts';
import { readPoliciesMeta, readPolicy } from '../inventory/policies/read-policies.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';
import { commitUndo } from './commit-undo.ts';
import { stepBack } from './step-back.ts';
import type { Undoer, UndoRequest } from './undoer.ts';

const stored = definedPolicySchema.nullable();

/**
 * createPolicy, updatePolicy, togglePolicy, restorePolicyVersion, deletePolicy: restores the
 * policy's earlier state.
 */
export function undoPolicy(role: Undoer['role']): Undoer {
  return { role, undo: request => commitUndo(request, () => plan(request)) };
}

async function plan({ context, entry }: UndoRequest) {
  const [before, after] = [stored.parse(entry.before), stored.parse(entry.after)];
  const { id } = (after ?? before)!;
  const meta = await readPoliciesMeta(context);
  const current = await readPolicy(context, id);
  const step = stepOf(context, { before, after, current });
  if (!before) return { ...planned('deletePolicy', step), message: `Policy ${id} is gone again.` };
  if (!after) {
    if (meta.count >= MAX_POLICIES) {
      throw new Conflict(
        `There are ${MAX_POLICIES} policies, which is the maximum. Delete one that isn't needed, then undo again.`,
      );
    }
    return { ...planned('createPolicy', step), message: `Policy ${id} is back.` };
  }
  return { ...planned(sameAs(entry), step), message: `Policy ${id} is as it was before the change.` };

  function planned(did: ChangeOperation, change: Step) {
    return {
      did,
      actions: policyActions(context.tables, change, { meta, changed_at: timestamp(context.clock()) }),
      ...change,
    };
  }
}

interface States {
  before: DefinedPolicy | null;
  after: DefinedPolicy | null;
  current: DefinedPolicy | undefined;
}

function stepOf(context: StoreContext, { before, after, current }: States): Step {
  const { id } = (after ?? before)!;
  const what = `Policy ${id}`;
  if (!after) {
    if (current) throw new Conflict(`${what} is there again: change it with updatePolicy.`);
    return { after: before! };
  }
  if (!current) {
    throw new Conflict(`${what} was deleted since: undo its deletion first.`);
  }
  if (!before) {
    if (isDeepStrictEqual(current, after)) return { before: current };
    throw new Conflict(`${what} was changed since: remove it with deletePolicy if it isn't needed.`);
  }
  const now = timestamp(context.clock());
  return { before: current, after: stepBack({ what, by_hand: 'updatePolicy', before, after, current, now }) };
}

function sameAs({ operation, did }: AuditEntry): ChangeOperation {
  return (did ?? operation) as ChangeOperation;
}

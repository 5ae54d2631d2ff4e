import { auditAction } from '../audit/audit-action.ts';
import type { Change } from '../audit/audit-entry.ts';
import { refuseUndone } from '../audit/undone-chain.ts';
import { commitChange } from '../storage/commit-change.ts';
import type { WriteAction } from '../storage/write-action.ts';
import type { Undone, UndoRequest } from './undoer.ts';

/** The plan of an undo that needs one transaction. */
export interface UndoPlan extends Pick<Change, 'before' | 'after' | 'event'> {
  /** The operation that the undo performs: an undo of the undo reverses this operation. */
  did: Change['operation'];
  /** Their conditions: what the change has left is unchanged. */
  actions: WriteAction[];
  message: string;
}

/**
 * Undoes a change in one transaction with its audit entry. A change is undone at most once, also by
 * concurrent requests.
 *
 * @throws what `plan` throws · Conflict when the change was undone already
 */
export function commitUndo(request: UndoRequest, plan: () => Promise<UndoPlan>): Promise<Undone> {
  const { context, actor, entry } = request;
  return commitChange(context, async begun => {
    await refuseUndone(context, entry.id);
    const { did, actions, message, ...change } = await plan();
    const audit = auditAction(context.tables, begun, {
      ...change,
      actor,
      operation: did,
      target: entry.target,
      reverses: { audit_id: entry.id, by_undo: true },
    });
    return {
      actions: [...actions, audit],
      result: { audit_id: begun.audit_id, message, finished: true },
    };
  });
}

import { auditAction } from '../audit/audit-action.ts';
import type { Change } from '../audit/audit-entry.ts';
import { refuseUndone } from '../audit/undone-chain.ts';
import { commitChange } from '../storage/commit-change.ts';
import type { WriteAction } from '../storage/write-action.ts';
import type { Undone, UndoRequest } from './undoer.ts';

/** What undoes a change in one transaction. */
export interface UndoPlan extends Pick<Change, 'before' | 'after' | 'event'> {
  /** The operation that it amounts to: whoever undoes the undo, undoes that. */
  did: Change['operation'];
  /** Conditional on the change being as it left things. */
  actions: WriteAction[];
  message: string;
}

/**
 * Undoes a change in one transaction with its audit entry: once, however many ask.
 *
 * @throws what `plan` throws · Conflict where the change was undone already
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

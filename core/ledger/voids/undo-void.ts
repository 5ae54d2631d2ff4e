import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import type { Change } from '../../audit/audit-entry.ts';
import { effectiveEntry } from '../../audit/undone-chain.ts';
import { Conflict, NotFound, quoted } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { updateItem } from '../../storage/item-update.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { type CorrectionHead, correctionKey, correctionOfItem, readCorrectionCounts } from './corrections.ts';
import { removeTombstone } from './voided-boot.ts';

/** A void that was undone. */
export interface UndoneVoid {
  /** Id of the undo's audit entry. */
  audit_id: string;
  undone: CorrectionHead;
  /** The boot's counts. */
  packets: bigint;
  bytes: bigint;
}

/** The actions that undo a void, and the counts that they restore. */
export interface UndoVoidPlan extends Pick<Change, 'before' | 'after' | 'event'> {
  actions: WriteAction[];
  undone: CorrectionHead;
  packets: bigint;
  bytes: bigint;
}

/**
 * Plans to undo a void. It can be undone once: its head is marked as undone.
 *
 * @throws NotFound when no void has that id · Conflict when it was undone already
 */
export async function planUndoVoid(context: StoreContext, audit_id: string): Promise<UndoVoidPlan> {
  const { client, tables } = context;
  const key = correctionKey(audit_id);
  const read = new GetCommand({ TableName: tables.traffic, Key: key, ConsistentRead: true });
  const { Item } = await repeatUntil(context, () => client.send(read));
  if (!Item) throw new NotFound(`No voided boot has the audit id ${quoted(audit_id)}.`);
  const undone = correctionOfItem(Item);
  if (undone.undone) throw new Conflict(`The void ${audit_id} was undone already.`);
  const { edge_id, boot_id } = undone;
  const { pairs } = await readCorrectionCounts(context, undone);
  const condition = { expression: '#undone = :no', values: { no: false } };
  const data = { edge_id, boot_id, audit_id };
  return {
    actions: [
      { Update: updateItem({ table: tables.traffic, key, set: { undone: true }, condition }) },
      removeTombstone(context, undone, audit_id),
    ],
    before: { void: audit_id, boot_id, voided: true },
    after: { void: audit_id, boot_id, voided: false },
    event: { type: 'BOOT_VOID_UNDONE', site_id: null, site_seq: null, data },
    undone,
    packets: pairs.reduce((sum, pair) => sum + pair.packets, 0n),
    bytes: pairs.reduce((sum, pair) => sum + pair.bytes, 0n),
  };
}

/**
 * Undoes a void in one step: every figure contains the boot's counts again, and its reports count.
 *
 * @throws NotFound when no void has that id · Conflict when it was undone already
 */
export function undoVoidBoot(
  context: StoreContext,
  { actor, audit_id }: { actor: Caller; audit_id: string },
): Promise<UndoneVoid> {
  return commitChange(context, async begun => {
    const { actions, undone, packets, bytes, ...change } = await planUndoVoid(context, audit_id);
    const audit = auditAction(context.tables, begun, {
      ...change,
      actor,
      operation: 'undoVoidBoot',
      target: `edge:${undone.edge_id}`,
      reverses: { audit_id: await effectiveEntry(context, audit_id), by_undo: false },
    });
    return {
      actions: [...actions, audit],
      result: { audit_id: begun.audit_id, undone, packets, bytes },
    };
  });
}

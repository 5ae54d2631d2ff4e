import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import type { Change } from '../../audit/audit-entry.ts';
import { Conflict, NotFound, quoted } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { updateItem } from '../../storage/item-update.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { type CorrectionHead, correctionKey, correctionOfItem, readCorrectionCounts } from './corrections.ts';
import { removeTombstone } from './voided-boot.ts';

/** A void that was taken back. */
export interface UndoneVoid {
  /** Of the undo. */
  audit_id: string;
  undone: CorrectionHead;
  /** What the boot has counted. */
  packets: bigint;
  bytes: bigint;
}

/**
 * Takes a void back, in one step: what the boot had counted is in every figure again, and its reports count. Once: the head says it is undone.
 *
 * @throws NotFound when no void has that id · Conflict when it was undone already
 */
export function undoVoidBoot(
  context: StoreContext,
  { actor, audit_id }: { actor: Caller; audit_id: string },
): Promise<UndoneVoid> {
  return commitChange(context, async begun => {
    const { head, packets, bytes, actions, ...change } = await planUndoVoid(context, audit_id);
    const audit = auditAction(context.tables, begun, {
      ...change,
      actor,
      operation: 'undoVoidBoot',
      target: `edge:${head.edge_id}`,
    });
    return {
      actions: [...actions, audit],
      result: { audit_id: begun.audit_id, undone: head, packets, bytes },
    };
  });
}

/** What takes a void back, for a transaction with an audit entry: all of it depends on the void being as it was made. */
export interface UndoVoidPlan extends Pick<Change, 'before' | 'after' | 'event'> {
  head: CorrectionHead;
  actions: WriteAction[];
  /** What the boot has counted. */
  packets: bigint;
  bytes: bigint;
}

/** @throws NotFound when no void has that id · Conflict when it was undone already */
export async function planUndoVoid(context: StoreContext, audit_id: string): Promise<UndoVoidPlan> {
  const { client, tables } = context;
  const key = correctionKey(audit_id);
  const read = new GetCommand({ TableName: tables.traffic, Key: key, ConsistentRead: true });
  const { Item } = await repeatUntil(context, () => client.send(read));
  if (!Item) throw new NotFound(`No voided boot has the audit id ${quoted(audit_id)}.`);
  const head = correctionOfItem(Item);
  if (head.undone) throw new Conflict(`The void ${audit_id} was undone already.`);
  const { pairs } = await readCorrectionCounts(context, head);
  const { edge_id, boot_id } = head;
  const condition = { expression: '#undone = :no', values: { no: false } };
  return {
    head,
    packets: pairs.reduce((sum, pair) => sum + pair.packets, 0n),
    bytes: pairs.reduce((sum, pair) => sum + pair.bytes, 0n),
    actions: [
      { Update: updateItem({ table: tables.traffic, key, set: { undone: true }, condition }) },
      removeTombstone(context, head, audit_id),
    ],
    before: { void: audit_id, boot_id, voided: true },
    after: { void: audit_id, boot_id, voided: false },
    event: {
      type: 'BOOT_VOID_UNDONE',
      site_id: null,
      site_seq: null,
      data: { edge_id, boot_id, audit_id },
    },
  };
}

import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { Conflict, NotFound, quoted } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { updateItem } from '../../storage/item-update.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
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
  const { client, tables } = context;
  return commitChange(context, async begun => {
    const key = correctionKey(audit_id);
    const read = new GetCommand({ TableName: tables.traffic, Key: key, ConsistentRead: true });
    const { Item } = await repeatUntil(context, () => client.send(read));
    if (!Item) throw new NotFound(`No voided boot has the audit id ${quoted(audit_id)}.`);
    const head = correctionOfItem(Item);
    if (head.undone) throw new Conflict(`The void ${audit_id} was undone already.`);
    const { edge_id, boot_id } = head;
    const { pairs } = await readCorrectionCounts(context, head);
    const packets = pairs.reduce((sum, pair) => sum + pair.packets, 0n);
    const bytes = pairs.reduce((sum, pair) => sum + pair.bytes, 0n);
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'undoVoidBoot',
      target: `edge:${edge_id}`,
      before: { void: audit_id, boot_id, voided: true },
      after: { void: audit_id, boot_id, voided: false },
      event: {
        type: 'BOOT_VOID_UNDONE',
        site_id: null,
        site_seq: null,
        data: { edge_id, boot_id, audit_id },
      },
    });
    const condition = { expression: '#undone = :no', values: { no: false } };
    return {
      actions: [
        { Update: updateItem({ table: tables.traffic, key, set: { undone: true }, condition }) },
        removeTombstone(context, head, audit_id),
        audit,
      ],
      result: { audit_id: begun.audit_id, undone: head, packets, bytes },
    };
  });
}

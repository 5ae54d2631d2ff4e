import { z } from 'zod';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { voidedBootAction } from '../commands/new-boot.ts';
import { planUndoVoid } from '../ledger/voids/undo-void.ts';
import { voidBoot } from '../ledger/voids/void-boot.ts';
import { commitUndo } from './commit-undo.ts';
import type { Undoer } from './undoer.ts';

/** voidBoot: adds the boot's counts to every figure again. */
export const undoVoid: Undoer = {
  role: 'Mutation.voidBoot',
  undo: request =>
    commitUndo(request, async () => {
      const { undone, packets, bytes, ...plan } = await planUndoVoid(request.context, request.entry.id);
      return {
        ...plan,
        did: 'undoVoidBoot',
        message: undoneVoidMessage(undone, { packets, bytes }),
      };
    }),
};

/** What an undone void answers, however it was asked for. */
export function undoneVoidMessage(
  { edge_id, boot_id }: { edge_id: string; boot_id: string },
  { packets, bytes }: { packets: bigint; bytes: bigint },
): string {
  return `Boot ${boot_id} of edge ${edge_id} is in all figures again: ${packets} packets and ${bytes} bytes. Its reports from the time of the void are in the quarantine and can be replayed.`;
}

/** undoVoidBoot: voids the boot again, with its counts since then. */
export const undoUndoVoid: Undoer = {
  role: 'Mutation.undoVoidBoot',
  has: entry => bootOf(entry) !== undefined,
  async undo({ context, actor, entry }) {
    const edge_id = entry.target!.slice('edge:'.length);
    const boot_id = bootOf(entry)!;
    const { audit_id, packets, bytes } = await voidBoot(context, {
      edge_id,
      boot_id,
      actor,
      onVoided: ended => [voidedBootAction(context, ended)],
      reverses: { audit_id: entry.id, by_undo: true },
    });
    return {
      audit_id,
      message: `Boot ${boot_id} of edge ${edge_id} is in no figure any more: ${packets} packets and ${bytes} bytes.`,
      finished: true,
    };
  },
};

const schema = z.object({ boot_id: z.string() });

function bootOf({ after }: AuditEntry): string | undefined {
  return schema.safeParse(after).data?.boot_id;
}

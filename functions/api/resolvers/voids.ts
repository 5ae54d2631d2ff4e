import { z } from 'zod';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { voidedBootAction } from '../../../core/commands/new-boot.ts';
import { undoVoidBoot } from '../../../core/ledger/voids/undo-void.ts';
import { voidBoot } from '../../../core/ledger/voids/void-boot.ts';
import { type Resolvers, resolver } from '../resolver.ts';

type VoidOperation = 'Mutation.voidBoot' | 'Mutation.undoVoidBoot';

export const voidResolvers: Pick<Resolvers, VoidOperation> = {
  'Mutation.voidBoot': resolver({
    arguments: z.object({ edge_id: idArgument, boot_id: idArgument }),
    target: ({ edge_id }) => `edge:${edge_id}`,
    async resolve(boot, { context, caller }) {
      const done = await voidBoot(context, {
        ...boot,
        actor: caller,
        onVoided: ended => [voidedBootAction(context, ended)],
      });
      const { edge_id, boot_id, audit_id, packets, bytes, policies, was_current } = done;
      const told = was_current ? ' The edge is told to begin a new boot.' : '';
      const message = `Boot ${boot_id} of edge ${edge_id} is in no figure any more: ${packets} packets and ${bytes} bytes of ${policies} policies.${told} undoVoidBoot takes that back.`;
      return { ...answerOf(boot, { packets, bytes }), message, audit_id };
    },
  }),

  'Mutation.undoVoidBoot': resolver({
    arguments: z.object({ audit_id: idArgument }),
    async resolve({ audit_id }, { context, caller }) {
      const {
        undone,
        audit_id: id,
        packets,
        bytes,
      } = await undoVoidBoot(context, { actor: caller, audit_id });
      const { edge_id, boot_id } = undone;
      const message = `Boot ${boot_id} of edge ${edge_id} is in all figures again: ${packets} packets and ${bytes} bytes. What it reported meanwhile is in the quarantine, and can be replayed.`;
      return { ...answerOf(undone, { packets, bytes }), message, audit_id: id };
    },
  }),
};

function answerOf(
  { edge_id, boot_id }: { edge_id: string; boot_id: string },
  { packets, bytes }: { packets: bigint; bytes: bigint },
) {
  return { success: true, edge_id, boot_id, packets_exact: String(packets), bytes_exact: String(bytes) };
}

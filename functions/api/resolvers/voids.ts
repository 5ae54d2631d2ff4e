import { z } from 'zod';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { voidedBootAction } from '../../../core/commands/new-boot.ts';
import { noEdge } from '../../../core/errors.ts';
import { readKnownEdge } from '../../../core/inventory/edges/read-edges.ts';
import { type EdgeBoot, pageBoots } from '../../../core/ledger/voids/page-boots.ts';
import { undoVoidBoot } from '../../../core/ledger/voids/undo-void.ts';
import { voidBoot } from '../../../core/ledger/voids/void-boot.ts';
import { makePageToken, readPageToken } from '../../../core/storage/page-token.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import { undoneVoidMessage } from '../../../core/undo/undo-void.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Resolvers, resolver } from '../resolver.ts';

type VoidOperation = 'Query.edgeBoots' | 'Mutation.voidBoot' | 'Mutation.undoVoidBoot';

const TOKEN_KIND = 'boots';

export const voidResolvers: Pick<Resolvers, VoidOperation> = {
  'Query.edgeBoots': resolver({
    arguments: z.object({ edge_id: idArgument, ...pageArguments }),
    async resolve({ edge_id, limit, next_token }, { context }) {
      const before = readPageToken(TOKEN_KIND, next_token, [/^.{1,128}$/su])?.[0];
      const found = await pageBoots(context, { edge_id, before, limit: limit + 1 });
      if (found.length === 0 && !(await readKnownEdge(context, edge_id))) throw noEdge(edge_id);
      const page = found.slice(0, limit);
      return {
        items: page.map(presentBoot),
        next_token: found.length > limit ? makePageToken(TOKEN_KIND, [page.at(-1)!.boot_id]) : null,
      };
    },
  }),

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
      const next = was_current ? ' The edge is told to start a new boot.' : '';
      const message = `Boot ${boot_id} of edge ${edge_id} is removed from all figures: ${packets} packets and ${bytes} bytes of ${policies} policies.${next} undoVoidBoot undoes this.`;
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
      const message = undoneVoidMessage(undone, { packets, bytes });
      return { ...answerOf(undone, { packets, bytes }), message, audit_id: id };
    },
  }),
};

function presentBoot({ boot_id, first_heard_at_ms, voided }: EdgeBoot) {
  const first_heard_at = first_heard_at_ms === undefined ? null : timestamp(first_heard_at_ms);
  return { boot_id, first_heard_at, voided_by: voided ?? null };
}

function answerOf(
  { edge_id, boot_id }: { edge_id: string; boot_id: string },
  { packets, bytes }: { packets: bigint; bytes: bigint },
) {
  return { success: true, edge_id, boot_id, packets_exact: String(packets), bytes_exact: String(bytes) };
}

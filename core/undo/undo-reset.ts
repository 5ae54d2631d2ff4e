import { z } from 'zod';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { Conflict } from '../errors.ts';
import type { Coverage } from '../ledger/figures/baselines.ts';
import { readReset, setUndone } from '../ledger/figures/reset-stats.ts';
import { commitUndo } from './commit-undo.ts';
import type { Undoer } from './undoer.ts';

/** resetPolicyStats, resetAllStats: figures are shown without the reset. */
export function undoReset(role: Undoer['role']): Undoer {
  return {
    role,
    undo: request =>
      commitUndo(request, async () => {
        const { context, entry } = request;
        const reset = resetOf(entry) ?? entry.id;
        const { covers, undone } = await readReset(context, reset);
        if (undone) throw new Conflict(`The reset ${reset} was undone already.`);
        return {
          did: 'undoReset',
          actions: [setUndone(context, reset, true)],
          before: { reset, undone: false },
          after: { reset, undone: true },
          message: undoneResetMessage(covers),
        };
      }),
  };
}

/** What an undone reset answers, however it was asked for. */
export function undoneResetMessage(covers: Coverage): string {
  const who = covers.all ? 'All policies are' : `Policy ${covers.policy_id} is`;
  return `${who} shown as before that reset.`;
}

/** undoReset: applies the reset again, with its original baseline. */
export const undoUndoReset: Undoer = {
  role: 'Mutation.undoReset',
  has: entry => resetOf(entry) !== undefined,
  undo: request =>
    commitUndo(request, async () => {
      const { context, entry } = request;
      const reset = resetOf(entry)!;
      const { covers, undone } = await readReset(context, reset);
      if (!undone) throw new Conflict(`The reset ${reset} holds again already.`);
      return {
        did: covers.all ? 'resetAllStats' : 'resetPolicyStats',
        actions: [setUndone(context, reset, false)],
        before: { reset, undone: true },
        after: { reset, undone: false },
        message: covers.all
          ? 'All policies are shown from that reset on again.'
          : `Policy ${covers.policy_id} is shown from that reset on again.`,
      };
    }),
};

const schema = z.object({ reset: z.string() });

function resetOf({ after }: AuditEntry): string | undefined {
  return schema.safeParse(after).data?.reset;
}

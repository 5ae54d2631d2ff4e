import type { Caller } from '../access/caller.ts';
import { auditAction } from '../audit/audit-action.ts';
import { Conflict } from '../errors.ts';
import { commitChange } from '../storage/commit-change.ts';
import { updateItem } from '../storage/item-update.ts';
import type { StoreContext } from '../storage/store-context.ts';
import type { ExportDispatcher } from './export-dispatcher.ts';
import { EXPORT_STATUS, type ExportJob, exportKey } from './export-job.ts';
import { readOwnedExport } from './owned-export.ts';

/**
 * Cancels a running export. Its run notices that within about a second, and the function removes
 * the upload.
 *
 * @throws NotFound · Unauthorized · Conflict when it has ended already
 */
export async function cancelExport(
  context: StoreContext,
  { actor, export_id, dispatcher }: { actor: Caller; export_id: string; dispatcher: ExportDispatcher },
): Promise<ExportJob> {
  const { tables, clock } = context;
  const cancelled = await commitChange(context, async begun => {
    const job = await readOwnedExport(context, { caller: actor, export_id });
    if (job.status !== EXPORT_STATUS.running) {
      throw new Conflict(`Export ${export_id} has ended already: its status is ${job.status}.`);
    }
    const now = clock();
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'cancelExport',
      target: `export:${export_id}`,
      before: { status: job.status },
      after: { status: EXPORT_STATUS.cancelled },
    });
    const Update = updateItem({
      table: tables.traffic,
      key: exportKey(export_id),
      set: { status: EXPORT_STATUS.cancelled, finished_ms: now },
      condition: { expression: '#status = :running', values: { running: EXPORT_STATUS.running } },
    });
    return {
      actions: [{ Update }, audit],
      result: { ...job, status: EXPORT_STATUS.cancelled, finished_ms: now },
    };
  });
  await dispatcher.dispatch(export_id).catch(() => {});
  return cancelled;
}

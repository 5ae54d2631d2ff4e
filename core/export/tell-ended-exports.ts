import { stateEventAction } from '../events/state-event.ts';
import { updateItem } from '../storage/item-update.ts';
import { conditionHeld } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { transact } from '../storage/transact.ts';
import { EXPORT_STATUS, type ExportJob, type ExportStatus, exportKey } from './export-job.ts';
import { untoldExports } from './job-store.ts';

/** An export that ended longer ago is told of no more: earlier releases told of none. */
const SINCE_MS = 3_600_000;

/** One event is tried for so long at most, so that it is there within a minute of its time. */
const TRY_MS = 15_000;

/** A cancelled export is told of by the change that cancelled it. */
const ENDINGS: Partial<Record<ExportStatus, { type: string; title: (name: string) => string }>> = {
  [EXPORT_STATUS.done]: { type: 'EXPORT_DONE', title: name => `The export ${name} is done.` },
  [EXPORT_STATUS.failed]: { type: 'EXPORT_FAILED', title: name => `The export ${name} failed.` },
};

/**
 * Records an event for each export that has ended: the export function itself may write its own
 * items only. Each is told of once.
 *
 * @returns how many
 */
export async function tellEndedExports(context: StoreContext): Promise<number> {
  let told = 0;
  for await (const job of untoldExports(context, context.clock() - SINCE_MS)) {
    if (context.clock() >= context.deadline) break;
    if (await tell(context, job)) told += 1;
  }
  return told;
}

async function tell(context: StoreContext, { export_id, status, file_name }: ExportJob): Promise<boolean> {
  const ending = ENDINGS[status];
  if (!ending) return false;
  const { tables, client } = context;
  const now = context.clock();
  const update = updateItem({
    table: tables.traffic,
    key: exportKey(export_id),
    set: { told: true },
    condition: { expression: '#status = :status AND attribute_not_exists(#told)', values: { status } },
  });
  const event = stateEventAction(tables, now, {
    type: ending.type,
    title: ending.title(file_name),
    target: `export:${export_id}`,
    target_name: file_name,
    site_id: null,
    job: 'cleanup',
  });
  const limited = { ...context, deadline: Math.min(context.deadline, now + TRY_MS) };
  // Another run was faster.
  return conditionHeld(transact(client, [{ Update: update }, event], limited));
}

import { stateEventAction } from '../events/state-event.ts';
import { updateItem } from '../storage/item-update.ts';
import { conditionHeld } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { transact } from '../storage/transact.ts';
import { EXPORT_STATUS, type ExportJob, type ExportStatus, exportKey } from './export-job.ts';
import { unpublishedExports } from './job-store.ts';

/** Older exports get no event: those of earlier releases had none. */
const SINCE_MS = 3_600_000;

/** Time limit of the write of one event, so that it exists within a minute of its time. */
const TRY_MS = 15_000;

/**
 * The events of ended exports. A cancelled export has the event of the change that cancelled it.
 */
const ENDINGS: Partial<Record<ExportStatus, { type: string; title: (name: string) => string }>> = {
  [EXPORT_STATUS.done]: { type: 'EXPORT_DONE', title: name => `The export ${name} is done.` },
  [EXPORT_STATUS.failed]: { type: 'EXPORT_FAILED', title: name => `The export ${name} failed.` },
};

/**
 * Stores an event for each export that has ended, once for each. The export function has no right
 * to do that: it may write its own items and nothing else.
 *
 * @returns how many events were stored
 */
export async function publishEndedExports(context: StoreContext): Promise<number> {
  let published = 0;
  for await (const job of unpublishedExports(context, context.clock() - SINCE_MS)) {
    if (context.clock() >= context.deadline) break;
    if (await publish(context, job)) published += 1;
  }
  return published;
}

async function publish(context: StoreContext, { export_id, status, file_name }: ExportJob): Promise<boolean> {
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
  // False when another run was faster.
  return conditionHeld(transact(client, [{ Update: update }, event], limited));
}

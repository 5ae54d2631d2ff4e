import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Reversal } from '../../audit/audit-entry.ts';
import { updateItem } from '../../storage/item-update.ts';
import { ConditionFailed, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { runningKey } from '../model/inventory-keys.ts';
import { isInterrupted, type RunningOperation } from '../model/running-operation.ts';
import { readLastOperation, readOperation, unchanged } from './operation-entry.ts';

/** What an operation holds: a site, or an endpoint of it. */
interface Held {
  site_id: string;
  endpoint_id?: string;
  /** The operation that the site or endpoint names. */
  operation_id: string | undefined;
  /** Claims only an operation that reverses this change: an undo continues only its own. */
  reverses?: Reversal | undefined;
}

/**
 * Claims an operation from an interrupted run, whose lease has expired, and begins a new lease. Of
 * several callers at most one claims it, unless they ask in the same millisecond; then several runs
 * work on it, which is harmless.
 *
 * @returns undefined while a run works on it, or when it has ended
 * @throws Throttled or Conflict at the deadline
 */
export async function claimInterrupted(
  context: StoreContext,
  { site_id, endpoint_id, operation_id, reverses }: Held,
): Promise<RunningOperation | undefined> {
  const operation = await readLastOperation(context, site_id, endpoint_id);
  const now = context.clock();
  if (operation?.operation_id !== operation_id || operation?.state !== 'RUNNING') return undefined;
  if (reverses && operation.reverses?.audit_id !== reverses.audit_id) return undefined;
  if (!isInterrupted(operation, now)) return undefined;
  const set = { handed_over: false, seq: operation.seq + 1, touched_ms: now };
  const claimed = { ...operation, ...set };
  const command = new UpdateCommand(
    updateItem({
      table: context.tables.network,
      key: runningKey(site_id, endpoint_id),
      set,
      condition: unchanged(operation),
    }),
  );
  try {
    await repeatUntil(context, () => context.client.send(command));
    return claimed;
  } catch (cause) {
    if (!(cause instanceof ConditionFailed)) throw cause;
    // An earlier attempt of this call may have succeeded, and its answer been lost.
    const found = await readOperation(context, operation);
    return found?.seq === claimed.seq && found.touched_ms === now ? found : undefined;
  }
}

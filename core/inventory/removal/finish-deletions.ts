import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { ConditionFailed, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { runningKey } from '../model/inventory-keys.ts';
import { CUT_OFF_MS, KEEP_ENDED_MS, type RunningOperation } from '../model/running-operation.ts';
import { readRunning } from '../sites/read-visible.ts';
import { continueOperation } from './continue-operation.ts';
import { lookAfter } from './look-after.ts';

export interface FinishedDeletions {
  /** Operations that had been cut off and are through now. */
  finished: number;
  /** Operations that are still under way, here or elsewhere. */
  running: number;
  /** Entries of operations that ended long enough ago, taken away. */
  removed: number;
}

/**
 * A step of clean-up: finishes deletions, restores and removals that were cut off, and takes their entries away a minute
 * after the end. May be cut off itself.
 *
 * @param until no new transaction starts after it: milliseconds since the epoch
 */
export async function finishDeletions(
  context: StoreContext,
  { until }: { until: number },
): Promise<FinishedDeletions> {
  const result: FinishedDeletions = { finished: 0, running: 0, removed: 0 };
  for (const operation of await readRunning(context)) {
    if (context.clock() >= until) break;
    if (operation.state === 'RUNNING') {
      const cutOff = operation.touched_ms + CUT_OFF_MS <= context.clock();
      if (cutOff && (await continueOperation(context, operation, until))) result.finished++;
      else result.running++;
    } else if (operation.ended_ms! + KEEP_ENDED_MS <= context.clock()) {
      await lookAfter(context, operation, until);
      if (context.clock() >= until) break;
      await removeEntry(context, operation);
      result.removed++;
    }
  }
  return result;
}

async function removeEntry(context: StoreContext, operation: RunningOperation): Promise<void> {
  const command = new DeleteCommand({
    TableName: context.tables.network,
    Key: runningKey(operation.site_id, operation.endpoint_id),
    ConditionExpression: 'operation_id = :id AND #state = :ended',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':id': operation.operation_id, ':ended': 'ENDED' },
  });
  await repeatUntil(context, () => context.client.send(command)).catch(cause => {
    // A later operation of the same site has taken its place, or another clean-up was faster.
    if (!(cause instanceof ConditionFailed)) throw cause;
  });
}

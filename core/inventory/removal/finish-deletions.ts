import type { StoreContext } from '../../storage/store-context.ts';
import { isCutOff, KEEP_ENDED_MS } from '../model/running-operation.ts';
import { continueOperation } from './continue-operation.ts';
import { readRunning, removeEntry } from './operation-entry.ts';
import { removeStragglers } from './remove-stragglers.ts';

export interface FinishedDeletions {
  /** Operations that had been cut off and have ended now. */
  finished: number;
  /** Operations that are still under way, here or elsewhere. */
  running: number;
  /** Entries that were removed, of operations that ended long enough ago. */
  removed: number;
}

/**
 * A step of clean-up: finishes deletions, restores and removals that were cut off, and removes
 * their entries, after their stragglers, a minute after the end. May be cut off itself.
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
      if (isCutOff(operation, context.clock()) && (await continueOperation(context, operation, until)))
        result.finished++;
      else result.running++;
    } else if (operation.ended_ms! + KEEP_ENDED_MS <= context.clock()) {
      await removeStragglers(context, operation, until);
      if (context.clock() >= until) break;
      await removeEntry(context, operation);
      result.removed++;
    }
  }
  return result;
}

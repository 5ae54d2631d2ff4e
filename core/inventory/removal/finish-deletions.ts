import type { StoreContext } from '../../storage/store-context.ts';
import { isInterrupted, KEEP_ENDED_MS } from '../model/running-operation.ts';
import { continueOperation } from './continue-operation.ts';
import { readRunning, removeEntry } from './operation-entry.ts';
import { removeStragglers } from './remove-stragglers.ts';

export interface FinishedDeletions {
  /** Interrupted operations that this run finished. */
  finished: number;
  /** Operations that still run, here or elsewhere. */
  running: number;
  /** Removed entries of operations that ended more than a minute ago. */
  removed: number;
}

/**
 * A step of clean-up. It finishes deletions, restores and removals that were interrupted: only
 * those whose lease has expired. A minute after the end of an operation it removes the stragglers
 * first, then the entry that hides them. It may be interrupted itself.
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
      if (isInterrupted(operation, context.clock()) && (await continueOperation(context, operation, until)))
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

import { Conflict, Throttled } from '../../errors.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { updateOperation } from './update-operation.ts';

/** How long a request works on an operation itself before it hands it to the worker function. */
export const HAND_OVER_MS = 20_000;

/**
 * Marks an operation for the worker function, which the table's stream starts. When even that can't be written,
 * clean-up finds the operation and finishes it.
 */
export async function handOver(
  context: StoreContext,
  operation: RunningOperation,
  done_paths: number,
): Promise<void> {
  try {
    await updateOperation(context, operation, { done_paths, handed_over: true });
  } catch (cause) {
    if (!isBusy(cause)) throw cause;
  }
}

/** The database refused for too long; what was begun stays begun. */
export const isBusy = (cause: unknown): boolean => cause instanceof Throttled || cause instanceof Conflict;

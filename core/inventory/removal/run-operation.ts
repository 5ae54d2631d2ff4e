import { isBusy } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import { type OperationProgress, trackProgress, type Unfinished } from './operation-progress.ts';

/** How long a request works on an operation before it hands it over to the worker function. */
export const HAND_OVER_MS = 20_000;

/**
 * Works on a claimed operation, from where the last run stopped. Several runs may work on one
 * operation at the same time, and each may be interrupted anywhere. No new transaction starts after
 * `until`, milliseconds since the epoch.
 */
export type Runner<Run extends { finished: boolean }> = (
  context: StoreContext,
  progress: OperationProgress,
  until: number,
) => Promise<Run>;

export interface RunOptions<Run extends { finished: boolean }> {
  run: Runner<Run>;
  until: number;
  /** Whether earlier runs may have worked on it: then the paths are counted at the end. */
  resumed: boolean;
}

/**
 * Runs an operation until it ends. When the time is up, or the database refuses for too long, it
 * hands the operation over to the worker function. If that write fails too, clean-up finds the
 * operation and finishes it.
 */
export async function runOperation<Run extends { finished: boolean }>(
  context: StoreContext,
  operation: RunningOperation,
  { run, until, resumed }: RunOptions<Run>,
): Promise<Run | Unfinished> {
  const progress = trackProgress(context, operation, { resumed });
  const result = await run(context, progress, until).catch(cause => {
    if (!isBusy(cause)) throw cause;
    return progress.unfinished();
  });
  if (!result.finished) await handOver(progress);
  return result;
}

async function handOver(progress: OperationProgress): Promise<void> {
  try {
    await progress.handOver();
  } catch (cause) {
    if (!isBusy(cause)) throw cause;
  }
}

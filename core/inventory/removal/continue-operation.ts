import type { StoreContext } from '../../storage/store-context.ts';
import { runRestore } from '../archive/run-restore.ts';
import { OPERATION_KIND, type OperationKind, type RunningOperation } from '../model/running-operation.ts';
import { handOver, isBusy } from './hand-over.ts';
import { runDeletion } from './run-deletion.ts';
import { runRemoval } from './run-removal.ts';
import { updateOperation } from './update-operation.ts';

interface Run {
  finished: boolean;
  operation?: RunningOperation;
  paths: number;
}

type Runner = (context: StoreContext, operation: RunningOperation, until: number) => Promise<Run>;

const RUNNERS: Record<OperationKind, Runner> = {
  [OPERATION_KIND.deleteSite]: (context, operation, until) =>
    runDeletion(context, operation, { until, resumed: true }),
  [OPERATION_KIND.restoreSite]: (context, operation, until) =>
    runRestore(context, operation, { until, resumed: true }),
  [OPERATION_KIND.removeEndpoint]: (context, operation, until) => runRemoval(context, operation, { until }),
};

/**
 * Takes a deletion, restore or removal on from wherever it is, and hands it over again when the time is up.
 *
 * @param until no new transaction starts after it: milliseconds since the epoch
 * @returns whether it has ended
 */
export async function continueOperation(
  context: StoreContext,
  operation: RunningOperation,
  until: number,
): Promise<boolean> {
  const taken = await updateOperation(context, operation, {});
  if (taken === undefined) return true;
  const run = await RUNNERS[operation.kind](context, taken, until).catch((cause): Run => {
    if (!isBusy(cause)) throw cause;
    return { finished: false, paths: taken.done_paths };
  });
  if (!run.finished) await handOver(context, run.operation ?? taken, run.paths);
  return run.finished;
}

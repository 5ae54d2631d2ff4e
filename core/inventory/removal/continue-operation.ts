import type { StoreContext } from '../../storage/store-context.ts';
import { runEndpointRestore } from '../archive/run-endpoint-restore.ts';
import { runRestore } from '../archive/run-restore.ts';
import { OPERATION_KIND, type OperationKind, type RunningOperation } from '../model/running-operation.ts';
import { updateOperation } from './operation-entry.ts';
import { runDeletion } from './run-deletion.ts';
import { type Runner, runOperation } from './run-operation.ts';
import { runRemoval } from './run-removal.ts';

const RUNNERS: Record<OperationKind, Runner<{ finished: boolean }>> = {
  [OPERATION_KIND.deleteSite]: runDeletion,
  [OPERATION_KIND.restoreSite]: runRestore,
  [OPERATION_KIND.removeEndpoint]: runRemoval,
  [OPERATION_KIND.restoreEndpoint]: runEndpointRestore,
};

/**
 * Continues a deletion, restore or removal where the last run stopped. When the time is up, it
 * hands the operation over again.
 *
 * @param until no new transaction starts after it: milliseconds since the epoch
 * @returns whether it has ended
 */
export async function continueOperation(
  context: StoreContext,
  operation: RunningOperation,
  until: number,
): Promise<boolean> {
  const current = await updateOperation(context, operation, {});
  if (current === undefined) return true;
  const options = { run: RUNNERS[operation.kind], until, resumed: true };
  return (await runOperation(context, current, options)).finished;
}

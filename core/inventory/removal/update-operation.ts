import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ConditionFailed, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItem } from '../../storage/strong-reads.ts';
import { runningKey } from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';

export type OperationNews = Partial<Pick<RunningOperation, 'done_paths' | 'handed_over'>>;

/**
 * Writes news of a running operation, and that somebody works on it; its event number grows by one.
 *
 * @returns the operation as it stands now; undefined when it has ended
 * @throws Conflict or Throttled at the deadline
 */
export async function updateOperation(
  context: StoreContext,
  operation: RunningOperation,
  news: OperationNews,
): Promise<RunningOperation | undefined> {
  let known: RunningOperation | undefined = operation;
  while (known) {
    const next: RunningOperation = {
      ...known,
      handed_over: false,
      ...news,
      seq: known.seq + 1,
      touched_ms: context.clock(),
    };
    try {
      await write(context, known, next);
      return next;
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
      known = await readOperation(context, operation);
    }
  }
  return undefined;
}

/** The operation as it stands now; undefined when it has ended. */
export async function readOperation(
  context: StoreContext,
  { site_id, endpoint_id, operation_id }: RunningOperation,
): Promise<RunningOperation | undefined> {
  const found = (await getItem(context, runningKey(site_id, endpoint_id))) as RunningOperation | undefined;
  return found?.operation_id === operation_id && found.state === 'RUNNING' ? found : undefined;
}

async function write(context: StoreContext, known: RunningOperation, next: RunningOperation): Promise<void> {
  const { client, tables } = context;
  const command = new UpdateCommand({
    TableName: tables.network,
    Key: runningKey(known.site_id, known.endpoint_id),
    UpdateExpression: 'SET done_paths = :done, handed_over = :over, touched_ms = :now, seq = :next',
    ConditionExpression: 'operation_id = :id AND #state = :running AND seq = :seq',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':done': next.done_paths,
      ':over': next.handed_over,
      ':now': next.touched_ms,
      ':next': next.seq,
      ':seq': known.seq,
      ':id': known.operation_id,
      ':running': 'RUNNING',
    },
  });
  await repeatUntil(context, () => client.send(command));
}

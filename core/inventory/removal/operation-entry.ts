import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import type { Caller } from '../../access/caller.ts';
import type { Reversal } from '../../audit/audit-entry.ts';
import type { BegunOperation } from '../../storage/begun-operation.ts';
import { conditionOf, updateItem } from '../../storage/item-update.ts';
import { parseItem, readItem } from '../../storage/parse-item.ts';
import { ConditionFailed, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { type TableNames, TTL_ATTRIBUTE } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { RUNNING_PARTITION, runningKey } from '../model/inventory-keys.ts';
import {
  KEEP_ENDED_MS,
  type OperationKind,
  type RunningOperation,
  runningItem,
  runningOperationSchema,
} from '../model/running-operation.ts';

/**
 * Clean-up removes an ended entry after its stragglers; the table's expiry is only a net below
 * that.
 */
const EXPIRE_LATE_S = 24 * 3600;

export interface NewOperation {
  kind: OperationKind;
  site_id: string;
  endpoint_id?: string;
  removal_id?: string;
  reverses?: Reversal;
  life: number;
  actor: Caller;
  endpoints: number;
  /** Number of the event about the beginning. */
  seq: number;
}

/** An operation as it is entered. */
export function newOperation(
  { audit_id, started_ms }: BegunOperation,
  operation: NewOperation,
): RunningOperation {
  return {
    ...operation,
    operation_id: ulid(started_ms),
    audit_id,
    state: 'RUNNING',
    started_ms,
    touched_ms: started_ms,
    done_paths: 0,
    handed_over: false,
  };
}

/** The running deletions, restores and removals, and those that ended a short while ago. */
export async function readRunning(context: StoreContext): Promise<RunningOperation[]> {
  const items = await queryAll(context, { pk: RUNNING_PARTITION });
  return items.map(item => parseItem(runningOperationSchema, item));
}

/** The last operation on a site, or on an endpoint of it, until clean-up removes its entry. */
export const readLastOperation = (
  context: StoreContext,
  siteId: string,
  endpointId?: string,
): Promise<RunningOperation | undefined> =>
  readItem(context, runningKey(siteId, endpointId), runningOperationSchema);

/** The operation as its entry says now; undefined when it has ended. */
export async function readOperation(
  context: StoreContext,
  { site_id, endpoint_id, operation_id }: RunningOperation,
): Promise<RunningOperation | undefined> {
  const found = await readLastOperation(context, site_id, endpoint_id);
  return found?.operation_id === operation_id && found.state === 'RUNNING' ? found : undefined;
}

/**
 * Enters an operation in the running ones, unless one of the same site or endpoint is under way.
 */
export function enterOperation(tables: TableNames, operation: RunningOperation): WriteAction {
  return {
    Put: {
      TableName: tables.network,
      Item: runningItem(operation),
      ...conditionOf({
        expression: 'attribute_not_exists(#pk) OR #state = :ended',
        values: { ended: 'ENDED' },
      }),
    },
  };
}

/** Marks an operation as ended; holds once, and only from the event number that was read. */
export function endOperation(context: StoreContext, operation: RunningOperation, paths: number): WriteAction {
  const now = context.clock();
  return {
    Update: updateItem({
      table: context.tables.network,
      key: runningKey(operation.site_id, operation.endpoint_id),
      set: {
        state: 'ENDED',
        ended_ms: now,
        touched_ms: now,
        handed_over: false,
        done_paths: paths,
        seq: operation.seq + 1,
        [TTL_ATTRIBUTE]: Math.ceil((now + KEEP_ENDED_MS) / 1000) + EXPIRE_LATE_S,
      },
      condition: unchanged(operation),
    }),
  };
}

export type OperationNews = Partial<Pick<RunningOperation, 'done_paths' | 'handed_over'>>;

/**
 * Records news of a running operation, and that a run works on it; its event number grows by one.
 *
 * @returns the operation as its entry says now; undefined when it has ended
 * @throws Conflict or Throttled at the deadline
 */
export async function updateOperation(
  context: StoreContext,
  operation: RunningOperation,
  news: OperationNews,
): Promise<RunningOperation | undefined> {
  let known: RunningOperation | undefined = operation;
  while (known) {
    const set = {
      done_paths: known.done_paths,
      handed_over: false,
      ...news,
      seq: known.seq + 1,
      touched_ms: context.clock(),
    };
    const command = new UpdateCommand(
      updateItem({
        table: context.tables.network,
        key: runningKey(known.site_id, known.endpoint_id),
        set,
        condition: unchanged(known),
      }),
    );
    try {
      await repeatUntil(context, () => context.client.send(command));
      return { ...known, ...set };
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
      known = await readOperation(context, operation);
    }
  }
  return undefined;
}

/** Removes an entry that has ended, unless a later operation of the same site has replaced it. */
export async function removeEntry(context: StoreContext, operation: RunningOperation): Promise<void> {
  const command = new DeleteCommand({
    TableName: context.tables.network,
    Key: runningKey(operation.site_id, operation.endpoint_id),
    ...conditionOf({
      expression: '#operation_id = :id AND #state = :ended',
      values: { id: operation.operation_id, ended: 'ENDED' },
    }),
  });
  await repeatUntil(context, () => context.client.send(command)).catch(cause => {
    // The entry was replaced, or another clean-up was faster.
    if (!(cause instanceof ConditionFailed)) throw cause;
  });
}

/** Holds while an operation runs and is as it was read. */
export const unchanged = ({ operation_id, seq }: RunningOperation) => ({
  expression: '#operation_id = :id AND #state = :running AND #seq = :seq',
  values: { id: operation_id, running: 'RUNNING', seq },
});

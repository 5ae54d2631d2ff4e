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
 * Clean-up removes an ended entry after its stragglers. In case clean-up fails, the table expires
 * the entry a day later.
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
  /** Number of the event about its start. */
  seq: number;
}

/** A new operation, as {@link enterOperation} stores it. */
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

/** The running deletions, restores and removals, and ended ones until clean-up removes them. */
export async function readRunning(context: StoreContext): Promise<RunningOperation[]> {
  const items = await queryAll(context, { pk: RUNNING_PARTITION });
  return items.map(item => parseItem(runningOperationSchema, item));
}

/** The latest operation on a site, or on one of its endpoints, until clean-up removes the entry. */
export const readLastOperation = (
  context: StoreContext,
  siteId: string,
  endpointId?: string,
): Promise<RunningOperation | undefined> =>
  readItem(context, runningKey(siteId, endpointId), runningOperationSchema);

/** An operation's current entry; undefined when the operation has ended. */
export async function readOperation(
  context: StoreContext,
  { site_id, endpoint_id, operation_id }: RunningOperation,
): Promise<RunningOperation | undefined> {
  const found = await readLastOperation(context, site_id, endpoint_id);
  return found?.operation_id === operation_id && found.state === 'RUNNING' ? found : undefined;
}

/** Stores an operation as running: at most one runs on a site, or on an endpoint, at a time. */
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

/** Ends an operation: only one that runs, and only at the event number that was read. */
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

export type OperationUpdate = Partial<Pick<RunningOperation, 'done_paths' | 'handed_over'>>;

/**
 * Updates the entry of a running operation, never of one that has ended. It renews the lease and
 * raises the event number by one.
 *
 * @returns the current entry; undefined when the operation has ended
 * @throws Conflict or Throttled at the deadline
 */
export async function updateOperation(
  context: StoreContext,
  operation: RunningOperation,
  update: OperationUpdate,
): Promise<RunningOperation | undefined> {
  let known: RunningOperation | undefined = operation;
  while (known) {
    const set = {
      done_paths: known.done_paths,
      handed_over: false,
      ...update,
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

/** Removes an ended operation's entry, never that of a later operation of the same site. */
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
    // A later operation replaced the entry, or another clean-up removed it.
    if (!(cause instanceof ConditionFailed)) throw cause;
  });
}

/** Condition: the operation runs, and its entry hasn't changed since it was read. */
export const unchanged = ({ operation_id, seq }: RunningOperation) => ({
  expression: '#operation_id = :id AND #state = :running AND #seq = :seq',
  values: { id: operation_id, running: 'RUNNING', seq },
});

import { ulid } from 'ulid';
import type { Caller } from '../../access/caller.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { type TableNames, TTL_ATTRIBUTE } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { runningKey } from '../model/inventory-keys.ts';
import {
  KEEP_ENDED_MS,
  type OperationKind,
  type RunningOperation,
  runningItem,
} from '../model/running-operation.ts';

/** Clean-up takes an ended entry away once it has looked after it; the table's expiry is only a net below that. */
const EXPIRE_LATE_S = 24 * 3600;

export interface NewOperation {
  kind: OperationKind;
  site_id: string;
  endpoint_id?: string;
  life: number;
  actor: Caller;
  endpoints: number;
  /** Number of the event that tells of the beginning. */
  seq: number;
}

/** An operation that begins now. */
export function newOperation(context: StoreContext, operation: NewOperation): RunningOperation {
  const now = context.clock();
  return {
    ...operation,
    operation_id: ulid(now),
    audit_id: ulid(now),
    state: 'RUNNING',
    started_ms: now,
    touched_ms: now,
    done_paths: 0,
    handed_over: false,
  };
}

/** Enters an operation in the running deletions, unless one of the same site or endpoint is under way. */
export function enterOperation(tables: TableNames, operation: RunningOperation): WriteAction {
  return {
    Put: {
      TableName: tables.network,
      Item: runningItem(operation),
      ConditionExpression: 'attribute_not_exists(pk) OR #state = :ended',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':ended': 'ENDED' },
    },
  };
}

/** Marks an operation as ended; holds once, and only from the event number that was read. */
export function endOperation(context: StoreContext, operation: RunningOperation, paths: number): WriteAction {
  const now = context.clock();
  return {
    Update: {
      TableName: context.tables.network,
      Key: runningKey(operation.site_id, operation.endpoint_id),
      UpdateExpression:
        'SET #state = :ended, ended_ms = :now, touched_ms = :now, handed_over = :no, done_paths = :paths, seq = :next, #expires = :expires',
      ConditionExpression: 'operation_id = :id AND #state = :running AND seq = :seq',
      ExpressionAttributeNames: { '#state': 'state', '#expires': TTL_ATTRIBUTE },
      ExpressionAttributeValues: {
        ':ended': 'ENDED',
        ':running': 'RUNNING',
        ':no': false,
        ':now': now,
        ':paths': paths,
        ':next': operation.seq + 1,
        ':seq': operation.seq,
        ':id': operation.operation_id,
        ':expires': Math.ceil((now + KEEP_ENDED_MS) / 1000) + EXPIRE_LATE_S,
      },
    },
  };
}

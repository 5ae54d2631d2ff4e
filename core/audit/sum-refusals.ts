import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { conditionOf } from '../storage/item-update.ts';
import { parseItem } from '../storage/parse-item.ts';
import { ConditionFailed, repeatUntil } from '../storage/retrying.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';
import { transact } from '../storage/transact.ts';
import type { PlannedAction } from '../storage/write-action.ts';
import { entryRecord } from './audit-action.ts';
import { refusalEntry } from './audit-entry.ts';
import { findEntry } from './find-entry.ts';
import {
  MINUTE_MS,
  minuteKey,
  REFUSAL_BUCKETS,
  type RefusalCount,
  refusalCountSchema,
  refusedPartition,
} from './refusal-counts.ts';

export interface SummedRefusals {
  /** How many entries were written. */
  entries: number;
  /** How many refused attempts they sum up. */
  attempts: number;
}

/**
 * A step of clean-up: writes an audit entry for a caller's repeated refusals within a minute. One
 * transaction removes the count and writes its entry, so that each entry is written once even when
 * runs are interrupted or concurrent.
 */
export async function sumRefusals(context: StoreContext): Promise<SummedRefusals> {
  const result: SummedRefusals = { entries: 0, attempts: 0 };
  for (let bucket = 0; bucket < REFUSAL_BUCKETS; bucket += 1) {
    for await (const counted of countsOf(context, bucket)) {
      if (context.clock() >= context.deadline) return result;
      const attempts = await sumUp(context, counted);
      if (attempts > 0) result.entries += 1;
      result.attempts += attempts;
    }
  }
  return result;
}

/** The counts of minutes that have ended by every function's clock. */
async function* countsOf(context: StoreContext, bucket: number): AsyncGenerator<RefusalCount> {
  const { client, tables } = context;
  const ended = minuteKey(context.clock() - 2 * MINUTE_MS);
  let start: Record<string, unknown> | undefined;
  do {
    const query = new QueryCommand({
      TableName: tables.traffic,
      KeyConditionExpression: 'pk = :pk AND sk < :ended',
      ExpressionAttributeValues: { ':pk': refusedPartition(bucket), ':ended': ended },
      ConsistentRead: true,
      ...(start && { ExclusiveStartKey: start }),
    });
    const { Items = [], LastEvaluatedKey } = await repeatUntil(context, () => client.send(query));
    for (const item of Items) yield parseItem(refusalCountSchema, item);
    start = LastEvaluatedKey;
  } while (start);
}

/** @returns how many attempts the entry sums up; 0 without an entry */
async function sumUp(context: StoreContext, counted: RefusalCount): Promise<number> {
  const { tables } = context;
  const { pk, sk, count, first_id } = counted;
  const unchanged = conditionOf({ expression: '#count = :count', values: { count } });
  // A function may have been killed after counting the first refusal and before writing its entry.
  const first = (await findEntry(context, first_id)) === undefined ? 0 : 1;
  const attempts = count - first;
  const actions: PlannedAction[] = [
    { Delete: { TableName: tables.traffic, Key: { pk, sk }, ...unchanged } },
    ...(attempts > 0 ? [entryRecord(tables, restEntry(counted, attempts))] : []),
  ];
  try {
    await transact(context.client, actions, context);
    return attempts;
  } catch (cause) {
    // The count was raised or summed up meanwhile.
    if (cause instanceof ConditionFailed) return 0;
    throw cause;
  }
}

function restEntry({ rest_id, minute_ms, actor, operation, error_type }: RefusalCount, attempts: number) {
  const { at: _, ...entry } = refusalEntry(
    { audit_id: rest_id, started_ms: minute_ms },
    {
      actor,
      operation,
      target: null,
      error_type,
      message: `${attempts} more of this kind ${attempts === 1 ? 'was' : 'were'} refused within the minute from ${timestamp(minute_ms)}.`,
      request: null,
    },
  );
  return { ...entry, attempts };
}

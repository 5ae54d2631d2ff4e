import { DeleteCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type Caller, callerSchema } from '../../access/caller.ts';
import { type Reversal, reversalSchema } from '../../audit/audit-entry.ts';
import type { Item, ItemKey } from '../../storage/item.ts';
import { updateItem } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';

/**
 * Partition of the voids that have begun but have no correction yet, by the id of their audit
 * entry.
 */
export const VOIDING_PARTITION = 'VOIDING';

/** A void that has begun, until its correction counts. */
export interface RunningVoid {
  audit_id: string;
  /** When it began, milliseconds. */
  at: number;
  actor: Caller;
  edge_id: string;
  boot_id: string;
  /** The edge was running the boot, so it gets a command to begin a new one. */
  was_current: boolean;
  /** When reports of the boot began to arrive, milliseconds. */
  first_heard_at_ms: number;
  /** The change that it reverses, where it undoes one. */
  reverses?: Reversal;
  /** Its correction counts; the item can be removed. */
  done: boolean;
}

const runningSchema = z
  .object({
    sk: z.string(),
    at: z.number(),
    actor: callerSchema,
    edge_id: z.string(),
    boot_id: z.string(),
    was_current: z.boolean(),
    first_heard_at_ms: z.number(),
    reverses: reversalSchema.exactOptional(),
    done: z.boolean().default(false),
  })
  .transform(({ sk, ...running }): RunningVoid => ({ audit_id: sk, ...running }));

export function runningVoidKey(audit_id: string): ItemKey {
  return { pk: VOIDING_PARTITION, sk: audit_id };
}

/** Registers a void, in the transaction that begins it. */
export function beginRunning(
  { tables }: StoreContext,
  { audit_id, done, ...running }: RunningVoid,
): WriteAction {
  return { Put: { TableName: tables.traffic, Item: { ...runningVoidKey(audit_id), ...running } } };
}

/**
 * Part of the transaction of the correction's head: of several runs that finish a void, one
 * succeeds.
 */
export function endRunning({ tables }: StoreContext, audit_id: string): WriteAction {
  const condition = { expression: 'attribute_exists(#pk) AND attribute_not_exists(#done)' };
  const key = runningVoidKey(audit_id);
  return { Update: updateItem({ table: tables.traffic, key, set: { done: true }, condition }) };
}

/**
 * Removes the item of a void that is done. Not in a transaction: functions may delete in this
 * partition by single calls alone.
 */
export async function forgetRunning(
  { client, tables, ...retrying }: StoreContext,
  audit_id: string,
): Promise<void> {
  const command = { TableName: tables.traffic, Key: runningVoidKey(audit_id) };
  await repeatUntil(retrying, () => client.send(new DeleteCommand(command)));
}

/** @throws BrokenItem */
export function runningVoidOf(item: Item): RunningVoid {
  return parseItem(runningSchema, item);
}

/** All voids whose item is not removed yet, in the order of time. @throws BrokenItem */
export async function readRunningVoids({ client, tables }: StoreContext): Promise<RunningVoid[]> {
  const query = {
    TableName: tables.traffic,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': VOIDING_PARTITION },
    ConsistentRead: true,
  };
  const running: RunningVoid[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, query))
    running.push(...Items.map(runningVoidOf));
  return running;
}

import { DeleteCommand, PutCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { Item, ItemKey } from '../../storage/item.ts';
import { conditionOf, updateItem } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { conditionHeld, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { baselineChunkPartition } from './baseline-chunks.ts';
import { resetBootsPartition } from './reset-boots.ts';

/**
 * Partition of the resets that write chunks, or what running boots had counted, by the id of these.
 * One that is cut off stays in it.
 */
export const RUNNING_RESETS_PARTITION = 'RESET';

/** No request works for so long. */
const CUT_OFF_MS = 3_600_000;

/** Chunks that are removed at once. */
const AT_ONCE = 16;

/**
 * Enters a reset before its first chunk is written, so that its chunks are found if it is cut off.
 */
export async function beginReset(context: StoreContext, chunks_id: string): Promise<void> {
  const { client, tables, clock } = context;
  const Item = { ...runningKey(chunks_id), at: clock(), abandoned: false };
  await repeatUntil(context, () => client.send(new PutCommand({ TableName: tables.traffic, Item })));
}

/**
 * Belongs into the transaction of the reset's head: holds unless clean-up has begun to remove the
 * chunks.
 */
export function endReset({ tables }: StoreContext, chunks_id: string): WriteAction {
  const isRunning = conditionOf({ expression: '#abandoned = :no', values: { no: false } });
  return { Delete: { TableName: tables.traffic, Key: runningKey(chunks_id), ...isRunning } };
}

const runningSchema = z.object({ sk: z.string(), at: z.number() });

/** A reset that writes its chunks, or was cut off at it. */
export interface RunningReset {
  chunks_id: string;
  /** When it began, milliseconds. */
  at: number;
}

/** The resets that write chunks, and those that were cut off. @throws BrokenItem */
export async function readRunningResets(context: StoreContext): Promise<RunningReset[]> {
  const items = await allOf(context, RUNNING_RESETS_PARTITION);
  return items
    .map(item => parseItem(runningSchema, item))
    .map(({ sk: chunks_id, at }) => ({ chunks_id, at }));
}

export interface RemovedResets {
  /** Resets that were cut off, and whose chunks are removed. */
  removed: number;
  chunks: number;
}

/**
 * A step of clean-up: removes the chunks of resets that were cut off. They count for nothing, and
 * from the first step on their head can't be written any more. May be cut off itself.
 *
 * @param until no reset is begun with after it: milliseconds since the epoch
 */
export async function removeCutOffResets(
  context: StoreContext,
  { until }: { until: number },
): Promise<RemovedResets> {
  const result: RemovedResets = { removed: 0, chunks: 0 };
  for (const { chunks_id, at } of await readRunningResets(context)) {
    if (at + CUT_OFF_MS > context.clock()) continue;
    if (context.clock() >= until) break;
    if (!(await abandon(context, chunks_id))) continue;
    const chunks = await allOf(context, baselineChunkPartition(chunks_id));
    chunks.push(...(await allOf(context, resetBootsPartition(chunks_id))));
    await removeAll(context, chunks as Item[] & ItemKey[]);
    await removeAll(context, [runningKey(chunks_id)]);
    result.removed += 1;
    result.chunks += chunks.length;
  }
  return result;
}

function runningKey(chunks_id: string): ItemKey {
  return { pk: RUNNING_RESETS_PARTITION, sk: chunks_id };
}

/** Keeps a reset from being completed; false where it was completed or removed meanwhile. */
async function abandon(context: StoreContext, chunks_id: string): Promise<boolean> {
  const { client, tables } = context;
  const key = runningKey(chunks_id);
  const condition = { expression: 'attribute_exists(#pk)' };
  const update = updateItem({ table: tables.traffic, key, set: { abandoned: true }, condition });
  return conditionHeld(repeatUntil(context, () => client.send(new UpdateCommand(update))));
}

/** A partition's items without what they hold besides keys and times. */
async function allOf({ client, tables }: StoreContext, pk: string): Promise<Item[]> {
  const query = {
    TableName: tables.traffic,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ProjectionExpression: 'pk, sk, #at',
    ExpressionAttributeNames: { '#at': 'at' },
    ConsistentRead: true,
  };
  const items: Item[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, query)) items.push(...Items);
  return items;
}

async function removeAll(context: StoreContext, keys: readonly ItemKey[]): Promise<void> {
  const { client, tables } = context;
  const waiting = keys.values();
  const worker = async (): Promise<void> => {
    for (const { pk, sk } of waiting) {
      const command = { TableName: tables.traffic, Key: { pk, sk } };
      await repeatUntil(context, () => client.send(new DeleteCommand(command)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

import { DeleteCommand, PutCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { atOnce } from '../../storage/at-once.ts';
import type { Item, ItemKey } from '../../storage/item.ts';
import { conditionOf, updateItem } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { conditionHeld, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { baselineChunkPartition } from './baseline-chunks.ts';
import { resetBootsPartition } from './reset-boots.ts';

/**
 * Partition of the resets that are running, by the id of their chunks. A reset that is killed stays
 * in it.
 */
export const RUNNING_RESETS_PARTITION = 'RESET';

/** Ten times as long as a request may run; until clean-up comes, the reset is shown as running. */
const CUT_OFF_MS = 5 * 60_000;

/** Deletes under way at once. */
const AT_ONCE = 16;

/**
 * Registers a reset. It is called before a chunk is written, so that the chunks are found if the
 * reset is killed.
 */
export async function beginReset(context: StoreContext, chunks_id: string): Promise<void> {
  const { client, tables, clock } = context;
  const Item = { ...runningKey(chunks_id), at: clock(), abandoned: false };
  await repeatUntil(context, () => client.send(new PutCommand({ TableName: tables.traffic, Item })));
}

/**
 * Part of the transaction of the reset's head: it fails once clean-up has begun to remove the
 * chunks.
 */
export function endReset({ tables }: StoreContext, chunks_id: string): WriteAction {
  const isRunning = conditionOf({ expression: '#abandoned = :no', values: { no: false } });
  return { Delete: { TableName: tables.traffic, Key: runningKey(chunks_id), ...isRunning } };
}

const runningSchema = z.object({ sk: z.string(), at: z.number() });

/** A reset that is writing its chunks, or was killed meanwhile. */
export interface RunningReset {
  chunks_id: string;
  /** When it began, milliseconds. */
  at: number;
}

/** The resets that are running, and those that were killed. @throws BrokenItem */
export async function readRunningResets(context: StoreContext): Promise<RunningReset[]> {
  const items = await allOf(context, RUNNING_RESETS_PARTITION);
  return items
    .map(item => parseItem(runningSchema, item))
    .map(({ sk: chunks_id, at }) => ({ chunks_id, at }));
}

export interface RemovedResets {
  /** Resets that were killed and whose chunks are removed. */
  removed: number;
  chunks: number;
}

/**
 * A step of clean-up: removes the chunks of resets that were killed. Such a reset is marked
 * abandoned before a chunk is removed, and its head can't be written from then on. The step itself
 * may be killed at any point.
 *
 * @param until no removal starts after it: milliseconds since the epoch
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

/** Keeps a reset from being completed; false if it was completed or removed meanwhile. */
async function abandon(context: StoreContext, chunks_id: string): Promise<boolean> {
  const { client, tables } = context;
  const key = runningKey(chunks_id);
  const condition = { expression: 'attribute_exists(#pk)' };
  const update = updateItem({ table: tables.traffic, key, set: { abandoned: true }, condition });
  return conditionHeld(repeatUntil(context, () => client.send(new UpdateCommand(update))));
}

/** The keys and times of a partition's items. */
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
  await atOnce(AT_ONCE, keys, ({ pk, sk }) => {
    const command = { TableName: tables.traffic, Key: { pk, sk } };
    return repeatUntil(context, () => client.send(new DeleteCommand(command)));
  });
}

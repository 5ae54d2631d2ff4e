import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { atOnce } from './at-once.ts';
import { backoffMs } from './backoff.ts';
import { type Item, type ItemKey, keyText } from './item.ts';
import { outOfTime, type Retrying, repeatUntil } from './retrying.ts';

/** DynamoDB's limit on one BatchGetItem call. */
const BATCH_MAX_KEYS = 100;

/** Concurrent calls. The SDK keeps 50 connections. */
const CONCURRENCY = 16;

export interface BatchGetOptions extends Retrying {
  client: DynamoDBDocumentClient;
  table: string;
  /** Reads eventually consistent, for half the cost: for data that may be a second old. */
  eventually?: boolean;
}

/**
 * Reads the existing items of some keys in batches of 100, several at a time. Strongly consistent
 * by default; in no particular order. The keys must be different. Keys that DynamoDB leaves
 * unprocessed are requested again with jitter.
 *
 * @throws Throttled at the deadline
 */
export async function batchGet<Read extends ItemKey = ItemKey & Item>(
  keys: readonly ItemKey[],
  options: BatchGetOptions,
): Promise<Read[]> {
  const items: Read[] = [];
  await atOnce(CONCURRENCY, inBatches(keys), async batch => {
    for (const item of await readBatch(batch, options)) items.push(item as unknown as Read);
  });
  return items;
}

/**
 * As {@link batchGet}, but returns the items by the text of their keys.
 *
 * @throws Throttled at the deadline
 */
export async function readItems(
  keys: readonly ItemKey[],
  options: BatchGetOptions,
): Promise<ReadonlyMap<string, Item>> {
  const items = await batchGet(keys, options);
  return new Map(items.map(item => [keyText(item), item]));
}

async function readBatch(
  keys: ItemKey[],
  { client, table, eventually = false, ...retrying }: BatchGetOptions,
): Promise<Item[]> {
  const found: Item[] = [];
  let left: Item[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let attempt = 0; ; attempt++) {
    const RequestItems = { [table]: { Keys: left, ConsistentRead: !eventually } };
    const answer = await repeatUntil(retrying, () => client.send(new BatchGetCommand({ RequestItems })));
    found.push(...(answer.Responses?.[table] ?? []));
    left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    if (left.length === 0) return found;
    await pause(attempt, retrying);
  }
}

async function pause(attempt: number, { clock, sleep, random, deadline }: Retrying): Promise<void> {
  const wait = backoffMs(attempt, { random });
  if (clock() + wait >= deadline) throw outOfTime({ kind: 'throttled', cause: undefined });
  await sleep(wait);
}

// One generator for all workers: a free worker processes the next batch.
function* inBatches(keys: readonly ItemKey[]): Generator<ItemKey[]> {
  for (let from = 0; from < keys.length; from += BATCH_MAX_KEYS)
    yield keys.slice(from, from + BATCH_MAX_KEYS);
}

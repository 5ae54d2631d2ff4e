import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { backoffMs } from '../storage/backoff.ts';
import { outOfTime, type Retrying, repeatUntil } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';
import { type ItemKey, keyText } from './lane-keys.ts';

/** DynamoDB's limit on one BatchGetItem call. */
const BATCH_MAX_KEYS = 100;

type Item = Record<string, unknown>;

interface Reading extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/**
 * Items of the Traffic table by their keys' text, read strongly; those that don't exist are not in it.
 *
 * @throws Throttled at the deadline
 */
export async function readItems(keys: readonly ItemKey[], reading: Reading): Promise<Map<string, Item>> {
  const batches: ItemKey[][] = [];
  for (let from = 0; from < keys.length; from += BATCH_MAX_KEYS) {
    batches.push(keys.slice(from, from + BATCH_MAX_KEYS));
  }
  const found = new Map<string, Item>();
  for (const items of await Promise.all(batches.map(batch => readBatch(batch, reading)))) {
    for (const item of items) found.set(keyText(item as Item & ItemKey), item);
  }
  return found;
}

async function readBatch(keys: ItemKey[], reading: Reading): Promise<Item[]> {
  const table = reading.tables.traffic;
  const found: Item[] = [];
  let left: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt > 0) await pause(attempt, reading);
    const Keys = left;
    const { Responses, UnprocessedKeys } = await repeatUntil(reading, () =>
      reading.client.send(new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } })),
    );
    found.push(...(Responses?.[table] ?? []));
    left = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return found;
}

// A strong BatchGetItem answers with what it had room or capacity for, and names the rest.
async function pause(attempt: number, { clock, sleep, random, deadline }: Retrying): Promise<void> {
  const wait = backoffMs(attempt, { random });
  if (clock() + wait >= deadline) throw outOfTime({ kind: 'throttled', cause: undefined });
  await sleep(wait);
}

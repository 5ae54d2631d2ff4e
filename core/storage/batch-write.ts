import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Sleep } from '../time/clock.ts';
import { atOnce } from './at-once.ts';
import { backoffMs } from './backoff.ts';
import { classifyFailure } from './failure.ts';
import type { Item } from './item.ts';

/** DynamoDB's limit on one BatchWriteItem call. */
const BATCH_MAX_ITEMS = 25;

export interface BatchWriteOptions {
  client: DynamoDBDocumentClient;
  table: string;
  /** Concurrent calls. */
  concurrency?: number;
  /** How often a batch is tried before its failure is thrown. */
  attempts?: number;
  sleep: Sleep;
}

/**
 * Puts all items in batches of 25, several at a time. Items that DynamoDB leaves unprocessed or
 * throttles are tried again with jitter. Not atomic: callers make the items visible with one item
 * of their own at the end.
 *
 * @returns how many items were written
 * @throws DynamoDB's last error when a batch could not be written
 */
export async function batchPut(items: Iterable<Item>, options: BatchWriteOptions): Promise<number> {
  let written = 0;
  await atOnce(options.concurrency ?? 16, inBatches(items), async batch => {
    await putBatch(batch, options);
    written += batch.length;
  });
  return written;
}

async function putBatch(
  batch: Item[],
  { client, table, attempts = 8, sleep }: BatchWriteOptions,
): Promise<void> {
  let requests = batch.map(Item => ({ PutRequest: { Item } }));
  for (let attempt = 0; requests.length > 0; attempt++) {
    if (attempt > 0) await sleep(backoffMs(attempt));
    try {
      const { UnprocessedItems } = await client.send(
        new BatchWriteCommand({ RequestItems: { [table]: requests } }),
      );
      requests = (UnprocessedItems?.[table] ?? []) as typeof requests;
      if (requests.length > 0 && attempt + 1 >= attempts) {
        throw new Error(`${requests.length} items were still unprocessed after ${attempts} attempts`);
      }
    } catch (cause) {
      const { kind } = classifyFailure(cause);
      const repeatable = kind === 'throttled' || kind === 'unknown' || kind === 'conflict';
      if (!repeatable || attempt + 1 >= attempts) throw cause;
    }
  }
}

// One generator for all workers: a free worker processes the next batch.
function* inBatches(items: Iterable<Item>): Generator<Item[]> {
  let batch: Item[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH_MAX_ITEMS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

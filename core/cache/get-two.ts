import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../storage/item.ts';
import type { ItemAddress } from './cache-level.ts';

/**
 * Two items of two tables in one request, strongly consistent. null: there is none; undefined: the database did not get
 * to it.
 */
export async function getTwo(
  client: DynamoDBDocumentClient,
  [one, other]: [ItemAddress, ItemAddress],
  signal?: AbortSignal,
): Promise<[Item | null | undefined, Item | null | undefined]> {
  const { Responses = {}, UnprocessedKeys = {} } = await client.send(
    new BatchGetCommand({
      RequestItems: {
        [one.table]: { Keys: [one.key], ConsistentRead: true },
        [other.table]: { Keys: [other.key], ConsistentRead: true },
      },
    }),
    signal ? { abortSignal: signal } : {},
  );
  const read = ({ table }: ItemAddress) =>
    UnprocessedKeys[table]?.Keys?.length ? undefined : (Responses[table]?.[0] ?? null);
  return [read(one), read(other)];
}

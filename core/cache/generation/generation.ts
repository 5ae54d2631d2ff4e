import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { Item } from '../../storage/item.ts';
import { updateItem } from '../../storage/item-update.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { generationKey } from '../shared/table-keys.ts';
import type { CacheState } from './cache-state.ts';
import { LOG_KEEPS, RemovalLog, removalHash } from './removal-log.ts';

/**
 * The stored state of a cache. Entries of generations before `generation` are invalid; those before
 * `swept` are deleted too.
 */
export interface Generation extends CacheState {
  swept: number;
}

/** The table that holds a cache, and the cache's name. */
export interface CacheAddress {
  client: DynamoDBDocumentClient;
  /** The Cache table. */
  table: string;
  cache: string;
}

/**
 * Reads a cache's generation with a strongly consistent read: the result includes every clear and
 * removal before this call.
 */
export async function readGeneration(
  { client, table, cache }: CacheAddress,
  signal?: AbortSignal,
): Promise<Generation> {
  const found = await client.send(
    new GetCommand({ TableName: table, Key: generationKey(cache), ConsistentRead: true }),
    signal ? { abortSignal: signal } : {},
  );
  return fromItem(found.Item);
}

/** The action that clears a cache in every function, for the transaction with the reason for it. */
export function raiseGenerationAction({ table, cache }: Pick<CacheAddress, 'table' | 'cache'>): WriteAction {
  return { Update: raise({ table, cache }) };
}

/** Clears a cache in every function, and returns its new state. */
export async function raiseGeneration({ client, table, cache }: CacheAddress): Promise<CacheState> {
  const command = new UpdateCommand({ ...raise({ table, cache }), ReturnValues: 'ALL_NEW' });
  const { Attributes } = await client.send(command);
  return fromItem(Attributes);
}

const raise = ({ table, cache }: Pick<CacheAddress, 'table' | 'cache'>) =>
  updateItem({ table, key: generationKey(cache), add: { generation: 1 } });

/** Records for every function that a key is removed, and returns the cache's new state. */
export async function recordRemoval(address: CacheAddress, key: string): Promise<CacheState> {
  const { client, table, cache } = address;
  const { Attributes } = await client.send(
    new UpdateCommand({
      TableName: table,
      Key: generationKey(cache),
      UpdateExpression:
        'SET removed_keys = list_append(if_not_exists(removed_keys, :none), :key) ADD removals :one',
      ExpressionAttributeValues: { ':none': [], ':key': [removalHash(key)], ':one': 1 },
      ReturnValues: 'ALL_NEW',
    }),
  );
  const state = fromItem(Attributes);
  if (state.removals.length >= 2 * LOG_KEEPS) await trimLog(address);
  return state;
}

// The condition lets one of several callers trim. After a failure the next removal trims.
async function trimLog({ client, table, cache }: CacheAddress): Promise<void> {
  const oldest = Array.from({ length: LOG_KEEPS }, (_, index) => `removed_keys[${index}]`);
  const command = new UpdateCommand({
    TableName: table,
    Key: generationKey(cache),
    UpdateExpression: `REMOVE ${oldest.join(', ')}`,
    ConditionExpression: 'size(removed_keys) >= :most',
    ExpressionAttributeValues: { ':most': 2 * LOG_KEEPS },
  });
  await client.send(command).catch(() => {});
}

// Strict, because with a wrong generation cleared entries would be served.
const generationSchema = z.object({
  generation: z.int().default(0),
  removals: z.int().default(0),
  removed_keys: z.array(z.coerce.number()).default([]),
  swept: z.int().default(0),
});

function fromItem(item: Item = {}): Generation {
  const { generation, removals, removed_keys, swept } = generationSchema.parse(item);
  return { generation, removals: new RemovalLog(removals, removed_keys), swept };
}

import {
  type DynamoDBDocumentClient,
  GetCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { CacheState } from './cache-state.ts';
import { LOG_KEEPS, RemovalLog, removalHash } from './removal-log.ts';
import { generationKey } from './table-keys.ts';

/** Where a cache stands: entries of generations before `generation` are dead, those before `swept` are gone as well. */
export interface Generation extends CacheState {
  swept: number;
}

/** A cache in its table. */
export interface CacheAddress {
  client: DynamoDBDocumentClient;
  /** The Cache table. */
  table: string;
  cache: string;
}

/** Reads where a cache stands, strongly consistent: what was cleared or removed before this call is known after it. */
export async function readGeneration(
  { client, table, cache }: CacheAddress,
  signal?: AbortSignal,
): Promise<Generation> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: generationKey(cache), ConsistentRead: true }),
    signal ? { abortSignal: signal } : {},
  );
  return fromItem(Item);
}

type TransactAction = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The action that clears a cache everywhere, to stand in one transaction with the reason for it. */
export function raiseGenerationAction({ table, cache }: { table: string; cache: string }): TransactAction {
  return {
    Update: {
      TableName: table,
      Key: generationKey(cache),
      UpdateExpression: 'ADD generation :one',
      ExpressionAttributeValues: { ':one': 1 },
    },
  };
}

/** Clears a cache everywhere, and answers where it stands then. */
export async function raiseGeneration({ client, table, cache }: CacheAddress): Promise<CacheState> {
  const { Update } = raiseGenerationAction({ table, cache });
  const { Attributes } = await client.send(new UpdateCommand({ ...Update!, ReturnValues: 'ALL_NEW' }));
  return fromItem(Attributes);
}

/** Tells every function that a key is removed, and answers where the cache stands then. */
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

// The condition lets one of many trim; whoever fails leaves it to the next removal.
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

function fromItem(item: Record<string, unknown> | undefined): Generation {
  const hashes = item?.removed_keys ?? [];
  if (!Array.isArray(hashes)) throw new TypeError('removed_keys is no list');
  return {
    generation: wholeNumber(item, 'generation'),
    removals: new RemovalLog(
      wholeNumber(item, 'removals'),
      hashes.map(hash => Number(hash)),
    ),
    swept: wholeNumber(item, 'swept'),
  };
}

// Serving by a number that is none would serve what was cleared.
function wholeNumber(item: Record<string, unknown> | undefined, name: string): number {
  const value = item?.[name] ?? 0;
  if (!Number.isSafeInteger(value)) throw new TypeError(`${name} of a cache's generation is no whole number`);
  return value as number;
}

import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { classifyFailure } from '../../storage/failure.ts';
import type { Item } from '../../storage/item.ts';
import { conditionOf, type ItemCondition } from '../../storage/item-update.ts';
import type { Clock } from '../../time/clock.ts';
import type { CacheLevel, Found, ItemAddress, LevelCount, PutOutcome } from '../cache-level.ts';
import type { CachedEntry } from '../cached-entry.ts';
import { isExpired } from '../expiry.ts';
import type { RemovalLog } from '../generation/removal-log.ts';
import type { ValueCodec } from '../value-codec.ts';
import { entryKey } from './table-keys.ts';
import { countPartitions, sweepExpired } from './table-partitions.ts';

/**
 * Larger values are kept in memory and not in the table. With key and attributes an item stays well
 * under DynamoDB's 400 KB.
 */
export const SHARED_VALUE_MAX_BYTES = 256 * 1024;

export interface TableLevelOptions<V> {
  client: DynamoDBDocumentClient;
  table: string;
  /** Name of the cache: part of every key. */
  cache: string;
  codec: ValueCodec<V>;
  clock: Clock;
  /**
   * Least time between two writes of one key, by all functions together; 0: no limit.
   */
  write_interval_ms?: number;
  /** Called with the reason why an entry can't be read (broken bytes, an unknown shape). */
  onGarbage?: (reason: unknown) => void;
}

/**
 * The attributes of an entry's item. Entries of releases without a removal log have no `removals`.
 */
const entryItemSchema = z.object({
  value: z.string(),
  expires_ms: z.number(),
  removals: z.number().default(0),
  measured_ms: z.number().optional(),
});

/**
 * The level that all functions share: the Cache table. Expiry is checked on read, because DynamoDB
 * deletes days late.
 */
export class TableLevel<V> implements CacheLevel<V> {
  readonly #options: TableLevelOptions<V>;

  constructor(options: TableLevelOptions<V>) {
    this.#options = options;
  }

  async get(key: string, generation: number, signal?: AbortSignal): Promise<CachedEntry<V> | undefined> {
    const { client, table, cache } = this.#options;
    const Key = entryKey(cache, generation, key);
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key, ConsistentRead: true }),
      signal ? { abortSignal: signal } : {},
    );
    if (!Item) return undefined;
    return this.#servable(Item, generation);
  }

  async getWithCompanion(
    key: string,
    generation: number,
    companion: ItemAddress,
    signal?: AbortSignal,
  ): Promise<Found<V>> {
    const { client, table, cache } = this.#options;
    const mine = { table, key: entryKey(cache, generation, key) };
    const [entry, item] = await getTwo(client, [mine, companion], signal);
    return { entry: entry ? await this.#servable(entry, generation) : undefined, item };
  }

  async put(key: string, entry: CachedEntry<V>): Promise<PutOutcome> {
    const { client, table, cache, codec, clock, write_interval_ms = 0 } = this.#options;
    const text = codec.encode(entry.value);
    if (Buffer.byteLength(text) > SHARED_VALUE_MAX_BYTES) return 'too_large';
    const now = clock();
    try {
      await client.send(
        new PutCommand({
          TableName: table,
          Item: {
            ...entryKey(cache, entry.generation, key),
            shape: codec.shape,
            value: text,
            expires_ms: entry.expires_ms,
            expires_at: Math.ceil(entry.expires_ms / 1000),
            measured_ms: entry.measured_ms,
            written_ms: now,
            removals: entry.removals,
          },
          ...putCondition(entry, { now, write_interval_ms }),
        }),
      );
      return 'stored';
    } catch (error) {
      if (classifyFailure(error).kind !== 'condition') throw error;
      return refusal(error, entry);
    }
  }

  async remove(key: string, generation: number): Promise<boolean> {
    const { client, table, cache, clock } = this.#options;
    const { Attributes } = await client.send(
      new DeleteCommand({
        TableName: table,
        Key: entryKey(cache, generation, key),
        ReturnValues: 'ALL_OLD',
      }),
    );
    const expires_ms: unknown = Attributes?.expires_ms;
    return typeof expires_ms === 'number' && !isExpired({ expires_ms }, clock());
  }

  cleanupExpired(generation: number): Promise<number> {
    const { client, table, cache, clock } = this.#options;
    return sweepExpired({ client, table, cache, generation, now: clock() });
  }

  count(generation: number, removals: RemovalLog): Promise<LevelCount> {
    const { client, table, cache, clock } = this.#options;
    return countPartitions({ client, table, cache, generation, removals, now: clock() });
  }

  async #servable(item: Record<string, unknown>, generation: number): Promise<CachedEntry<V> | undefined> {
    const entry = await this.#read(item, generation);
    return entry && !isExpired(entry, this.#options.clock()) ? entry : undefined;
  }

  async #read(item: Record<string, unknown>, generation: number): Promise<CachedEntry<V> | undefined> {
    const { codec, onGarbage } = this.#options;
    // An entry of a newer release that runs at the same time is a miss, and is not removed.
    if (typeof item.shape === 'number' && item.shape > codec.shape) return undefined;
    try {
      if (item.shape !== codec.shape) throw new TypeError(`shape ${String(item.shape)}`);
      const { value: text, measured_ms, ...entry } = entryItemSchema.parse(item);
      return {
        ...entry,
        value: codec.decode(text),
        size: Buffer.byteLength(text),
        generation,
        ...(measured_ms !== undefined && { measured_ms }),
      };
    } catch (reason) {
      onGarbage?.(reason);
      await this.#removeGarbage(item);
      return undefined;
    }
  }

  // Removes the item that was read and no later one, which a function may have written since.
  async #removeGarbage(item: Record<string, unknown>): Promise<void> {
    const { client, table } = this.#options;
    const seen = item.written_ms;
    await client
      .send(
        new DeleteCommand({
          TableName: table,
          Key: { pk: item.pk, sk: item.sk },
          ...conditionOf(
            typeof seen === 'number'
              ? { expression: '#written_ms = :seen', values: { seen } }
              : {
                  expression: 'attribute_not_exists(#written_ms) OR NOT attribute_type(#written_ms, :number)',
                  values: { number: 'N' },
                },
          ),
        }),
      )
      .catch(() => {});
  }
}

function putCondition(
  entry: CachedEntry<unknown>,
  { now, write_interval_ms }: { now: number; write_interval_ms: number },
): Partial<PutCommand['input']> {
  const conditions: ItemCondition[] = [];
  const { measured_ms } = entry;
  if (measured_ms !== undefined) {
    conditions.push({
      expression: '(attribute_not_exists(#measured_ms) OR #measured_ms <= :measured)',
      values: { measured: measured_ms },
    });
  }
  if (write_interval_ms > 0) {
    // A time in the future is from a function whose clock is wrong. It must not stop writes.
    conditions.push({
      expression: '(attribute_not_exists(#written_ms) OR #written_ms <= :before OR #written_ms > :now)',
      values: { before: now - write_interval_ms, now },
    });
  }
  if (conditions.length === 0) return {};
  return {
    ...conditionOf({
      expression: conditions.map(({ expression }) => expression).join(' AND '),
      values: Object.assign({}, ...conditions.map(({ values }) => values)),
    }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

// The item of an error is in DynamoDB's own format: the document client does not translate it. A
// stored value of the same time of measurement is the same value, so it counts as `older` and the
// write is not repeated.
function refusal(error: unknown, entry: CachedEntry<unknown>): PutOutcome {
  const measured = (error as { Item?: { measured_ms?: { N?: string } } }).Item?.measured_ms?.N;
  const older =
    entry.measured_ms !== undefined && measured !== undefined && Number(measured) >= entry.measured_ms;
  return older ? 'older' : 'too_soon';
}

/**
 * Reads two items of two tables in one request, strongly consistent. null: the item doesn't exist;
 * undefined: DynamoDB left it unprocessed.
 */
async function getTwo(
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

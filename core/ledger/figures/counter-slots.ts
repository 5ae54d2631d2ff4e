import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { classifyFailure } from '../../storage/failure.ts';
import type { Item, ItemKey } from '../../storage/item.ts';
import { updateItem } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { CountedIn } from '../lane/counted-in.ts';
import { counterPartition, HEARD_EDGES_PARTITION } from '../lane-keys.ts';

/** Partition of the item with the number of counter slots. */
export const COUNTERS_PARTITION = 'COUNTERS';

/**
 * The head of the counters: how many slots are summed, and which generation is shown. Every reader
 * of counters reads it strongly before them.
 */
export const COUNTERS_HEAD_KEY: ItemKey = { pk: COUNTERS_PARTITION, sk: 'SLOTS' };

/** Slots that every reader sums, whatever is stored: the minimum of the setting `counter_slots`. */
export const MIN_COUNTER_SLOTS = 16;

/**
 * The maximum of the setting `counter_slots`. Where no number is stored, slots up to it are probed.
 */
export const MAX_COUNTER_SLOTS = 1024;

export interface CounterStore {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/**
 * The head with the number of slots that may have counts: readers sum all slots below it. The
 * stored number never falls, and it is raised before a higher slot is written, so it covers every
 * past setting. Read the baselines before it: they may cover slots that come into use later.
 */
export async function readCountersHead(store: CounterStore): Promise<CountersHead> {
  const stored = await readStored(store);
  if (stored?.slots !== undefined) return { ...stored, slots: Math.max(stored.slots, MIN_COUNTER_SLOTS) };
  const slots = await probeSlots(store);
  await raiseCounterSlots(store, slots);
  return { generation: 0, retired: [], ...stored, slots };
}

/**
 * What a writer of counters knows of the stored number. It holds as long as the container, because
 * the number never falls.
 */
export class CounterSlots {
  #covered = MIN_COUNTER_SLOTS;

  /**
   * Makes readers sum `slot` before anything is counted in it. `setting` is the number of slots of
   * this deployment.
   */
  async cover(slot: number, { setting, ...store }: CounterStore & { setting: number }): Promise<void> {
    if (slot < this.#covered) return;
    const wanted = Math.max(slot + 1, setting);
    const { slots } = await readCountersHead(store);
    if (slots < wanted) await raiseCounterSlots(store, wanted);
    this.#covered = Math.max(slots, wanted);
  }
}

const storedSchema = z.object({
  slots: z.number().int().positive().exactOptional(),
  generation: z.number().default(0),
  building: z.number().exactOptional(),
  retired: z.array(z.object({ generation: z.number(), at: z.number() })).default([]),
});

type StoredHead = z.infer<typeof storedSchema>;

/** Which counters are shown, and which are being rebuilt. */
export interface CountersHead {
  /** All slots below this number are summed. */
  slots: number;
  /** The generation that is shown. */
  generation: number;
  /** The generation that lanes move to, while counters are rebuilt. */
  building?: number;
  /**
   * Generations that are no longer shown, and since when (milliseconds since the epoch), until
   * clean-up removes them.
   */
  retired: { generation: number; at: number }[];
}

/**
 * The generation in which a lane without an item begins, by the head's item. Undefined: in
 * generation 0.
 */
export function newLanesIn(head: Item | undefined): CountedIn | undefined {
  if (!head) return undefined;
  const { generation, building = generation } = parseItem(storedSchema, head);
  return building === 0 ? undefined : { generation: building };
}

async function readStored({ client, tables }: CounterStore): Promise<StoredHead | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tables.traffic, Key: COUNTERS_HEAD_KEY, ConsistentRead: true }),
  );
  return Item && parseItem(storedSchema, Item);
}

/** Makes readers sum all slots below `slots`. A number that is already as high stays. */
export async function raiseCounterSlots({ client, tables }: CounterStore, slots: number): Promise<void> {
  const condition = { expression: 'attribute_not_exists(#slots) OR #slots < :slots', values: { slots } };
  try {
    await client.send(
      new UpdateCommand(
        updateItem({ table: tables.traffic, key: COUNTERS_HEAD_KEY, set: { slots }, condition }),
      ),
    );
  } catch (cause) {
    // It is already as high.
    if (classifyFailure(cause).kind !== 'condition') throw cause;
  }
}

const AT_ONCE = 32;

/** For data of a release that stored no number: finds the highest slot with counters. */
async function probeSlots(store: CounterStore): Promise<number> {
  if (await isEmpty(store, HEARD_EDGES_PARTITION)) return MIN_COUNTER_SLOTS;
  for (let end = MAX_COUNTER_SLOTS; end > MIN_COUNTER_SLOTS; end -= AT_ONCE) {
    const first = Math.max(end - AT_ONCE, MIN_COUNTER_SLOTS);
    const slots = Array.from({ length: end - first }, (_, index) => first + index);
    const empty = await Promise.all(slots.map(slot => isEmpty(store, counterPartition(slot))));
    const highest = empty.lastIndexOf(false);
    if (highest >= 0) return first + highest + 1;
  }
  return MIN_COUNTER_SLOTS;
}

async function isEmpty({ client, tables }: CounterStore, pk: string): Promise<boolean> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: tables.traffic,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
      Limit: 1,
    }),
  );
  return Items.length === 0;
}

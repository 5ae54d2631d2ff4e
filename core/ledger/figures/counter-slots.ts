import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { classifyFailure } from '../../storage/failure.ts';
import type { Item, ItemKey } from '../../storage/item.ts';
import { updateItem } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { CountedIn } from '../lane/counted-in.ts';
import { counterPartition, HEARD_EDGES_PARTITION } from '../lane-keys.ts';

/** Partition of the item that says how many counter slots have been in use. */
export const COUNTERS_PARTITION = 'COUNTERS';

/**
 * The item that says which counters are shown: those of how many slots, and of which generation.
 * Every reader of counters reads it strongly before them.
 */
export const COUNTERS_HEAD_KEY: ItemKey = { pk: COUNTERS_PARTITION, sk: 'SLOTS' };

/**
 * Slots that every reader sums, whatever is stored: the fewest that the setting `counter_slots`
 * allows.
 */
export const MIN_COUNTER_SLOTS = 16;

/**
 * The most slots that the setting allows: where no number is stored, slots up to it are looked at.
 */
export const MAX_COUNTER_SLOTS = 1024;

export interface CounterStore {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/**
 * How many slots hold counts: all below this number must be summed. It is stored, only ever raised,
 * and raised before the first write to a higher slot, so it covers every setting that there ever
 * was. Read the baselines first: they may cover slots that came into use after the number was read.
 */
export async function readCountersHead(store: CounterStore): Promise<CountersHead> {
  const stored = await readStored(store);
  if (stored?.slots !== undefined) return { ...stored, slots: Math.max(stored.slots, MIN_COUNTER_SLOTS) };
  const slots = await probeSlots(store);
  await raiseCounterSlots(store, slots);
  return { generation: 0, retired: [], ...stored, slots };
}

/**
 * What a writer of counters knows of the stored number. Keep it as long as the container: the
 * number never goes down.
 */
export class CounterSlots {
  #covered = MIN_COUNTER_SLOTS;

  /**
   * Makes readers sum `slot`, before anything is counted in it. `setting` is the number of slots of
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

/** Which counters are shown, and which are being built. */
export interface CountersHead {
  /** All slots below this number are summed. */
  slots: number;
  /** The generation that is shown. */
  generation: number;
  /** The generation that lanes move to, while counters are built anew. */
  building?: number;
  /**
   * Generations that are shown no more, and since when (milliseconds since the epoch), until
   * clean-up removes them.
   */
  retired: { generation: number; at: number }[];
}

/**
 * Where a lane begins that there is no item of, by the head's item. Undefined: in the first
 * generation.
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

/** Has readers sum all slots below `slots`. */
export async function raiseCounterSlots({ client, tables }: CounterStore, slots: number): Promise<void> {
  const condition = { expression: 'attribute_not_exists(#slots) OR #slots < :slots', values: { slots } };
  try {
    await client.send(
      new UpdateCommand(
        updateItem({ table: tables.traffic, key: COUNTERS_HEAD_KEY, set: { slots }, condition }),
      ),
    );
  } catch (cause) {
    // Another writer has raised it as far, or farther.
    if (classifyFailure(cause).kind !== 'condition') throw cause;
  }
}

const AT_ONCE = 32;

/**
 * Data of a release that stored no number: the slots that have counters, looked at from the highest
 * down.
 */
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

import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../../storage/batch-get.ts';
import { toBigInt } from '../../storage/document-client.ts';
import { compareKeys } from '../../storage/key-order.ts';
import { readPartitions } from '../../storage/read-partitions.ts';
import type { Retrying } from '../../storage/retrying.ts';
import type { TableNames } from '../../storage/tables.ts';
import { counterKey, counterPartition } from '../lane-keys.ts';
import { type CounterStore, type CountersHead, readCountersHead } from './counter-slots.ts';

/** The counts of all edges under one policy, over all boots. */
export interface Counts extends Gauges {
  packets: bigint;
  /** Layer-3 bytes. */
  bytes: bigint;
  /** The part of the bytes that is estimated: counts that were scaled from samples. */
  estimated_bytes: bigint;
}

/** Present values of the edges that aren't silent. */
export interface Gauges {
  /** One-way flows that are alive. */
  active_flows: number;
  /** Bits and thousandths of a packet a second, between the last two reports of each edge. */
  bit_rate: number;
  packet_rate: number;
  /** The number of (edge, endpoint) pairs whose rates are known; 0: none. */
  rated_pairs: number;
}

/**
 * The counters of every policy id that was ever counted, defined or not, summed over the slots.
 * Each slot is read strongly. A transaction that commits meanwhile may be in some counters and not
 * in others.
 */
export async function readCounters(
  client: DynamoDBDocumentClient,
  tables: TableNames,
): Promise<Map<string, Counts>> {
  return readCountersIn({ client, tables }, await readCountersHead({ client, tables }));
}

/** Like {@link readCounters}, for one generation. */
export async function readCountersIn(
  { client, tables }: CounterStore,
  { slots, generation }: Pick<CountersHead, 'slots' | 'generation'>,
): Promise<Map<string, Counts>> {
  const partitions = Array.from({ length: slots }, (_, slot) => counterPartition(slot, generation));
  const sums = new Map<string, Counts>();
  for await (const { items } of readPartitions<CounterItem>(client, tables.traffic, partitions)) {
    for (const item of items) addCounter(sums, item);
  }
  return sums;
}

/** Up to this many ids cost less when they are read by key than a Query of each slot. */
const READ_BY_KEY = 4;

/** A slot with more counters than this is not read whole for a few ids. */
const SMALL_SLOT = 1000;

/**
 * Like {@link readCounters}, for those of some ids that were counted. Whatever the table holds, it
 * reads at most a page of each slot, and a key for each id and slot.
 *
 * @throws Throttled at the deadline
 */
export async function readCountersOf(
  store: CounterStore & Retrying,
  ids: Iterable<string>,
): Promise<Map<string, Counts>> {
  const wanted = [...new Set(ids)].sort(compareKeys);
  const sums = new Map<string, Counts>();
  if (wanted.length === 0) return sums;
  const { slots, generation } = await readCountersHead(store);
  const table = store.tables.traffic;
  if (wanted.length > READ_BY_KEY) {
    const range = { from: wanted[0]!, to: wanted.at(-1)! };
    const pages = await Promise.all(
      Array.from({ length: slots }, (_, slot) =>
        readSlot(store, counterPartition(slot, generation), { ...range, limit: SMALL_SLOT }),
      ),
    );
    if (pages.every(({ more }) => !more)) {
      const isWanted = new Set(wanted);
      for (const { items } of pages) {
        for (const item of items) if (isWanted.has(item.sk)) addCounter(sums, item);
      }
      return sums;
    }
  }
  const keys = wanted.flatMap(id =>
    Array.from({ length: slots }, (_, slot) => counterKey(slot, id, generation)),
  );
  for (const item of await batchGet<CounterItem & { pk: string }>(keys, { ...store, table })) {
    addCounter(sums, item);
  }
  return sums;
}

/** Counted ids in the order of {@link compareKeys}, with their counts. */
export interface CountedPage {
  counted: [string, Counts][];
  /** Whether ids may follow. */
  more: boolean;
}

/**
 * The counted ids above `after`, at least `limit` of them unless they end. A page's cost depends on
 * what it shows, not on the size of the table.
 */
export async function readCountersAfter(
  store: CounterStore,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<CountedPage> {
  const { slots, generation } = await readCountersHead(store);
  const pages = await Promise.all(
    Array.from({ length: slots }, (_, slot) =>
      readSlot(store, counterPartition(slot, generation), { after, limit }),
    ),
  );
  // Ids up to this one were read in every slot.
  const ends = pages.filter(({ more }) => more).map(({ items }) => items.at(-1)!.sk);
  const end = ends.sort(compareKeys)[0];
  const sums = new Map<string, Counts>();
  for (const { items } of pages) {
    for (const item of items) if (end === undefined || compareKeys(item.sk, end) <= 0) addCounter(sums, item);
  }
  return { counted: [...sums].sort(([a], [b]) => compareKeys(a, b)), more: end !== undefined };
}

/** Nothing counted yet. */
export function noCounts(): Counts {
  return {
    packets: 0n,
    bytes: 0n,
    estimated_bytes: 0n,
    active_flows: 0,
    bit_rate: 0,
    packet_rate: 0,
    rated_pairs: 0,
  };
}

/** The counts of all policies together, ids that aren't defined included: all traffic. */
export function trafficTotals(counters: ReadonlyMap<string, Counts>): Counts {
  const total = noCounts();
  for (const counts of counters.values()) {
    total.packets += counts.packets;
    total.bytes += counts.bytes;
    total.estimated_bytes += counts.estimated_bytes;
    total.active_flows += counts.active_flows;
    total.bit_rate += counts.bit_rate;
    total.packet_rate += counts.packet_rate;
    total.rated_pairs += counts.rated_pairs;
  }
  return total;
}

// Plain access: a table holds thousands, and a missing count is 0.
interface CounterItem {
  sk: string;
  packets?: number | bigint;
  bytes?: number | bigint;
  estimated_bytes?: number | bigint;
  active_flows?: number;
  // Earlier releases kept no rates.
  bit_rate?: number;
  packet_rate?: number;
  rated_pairs?: number;
}

interface SlotRange {
  /** Lowest and highest id, both included; all ids when left out. */
  from?: string;
  to?: string;
  /** Ids above this one; all ids when left out. */
  after?: string | undefined;
  limit: number;
}

/**
 * Up to `limit` counters of a slot in a range, in the order of their ids, read strongly. `more`:
 * others follow.
 */
async function readSlot(
  { client, tables }: CounterStore,
  partition: string,
  { from, to, after, limit }: SlotRange,
): Promise<{ items: CounterItem[]; more: boolean }> {
  const range = from === undefined ? '' : ' AND sk BETWEEN :from AND :to';
  const behind = after === undefined ? '' : ' AND sk > :after';
  const items: CounterItem[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tables.traffic,
        KeyConditionExpression: `pk = :pk${range}${behind}`,
        ExpressionAttributeValues: {
          ':pk': partition,
          ...(from !== undefined && { ':from': from, ':to': to }),
          ...(after !== undefined && { ':after': after }),
        },
        ConsistentRead: true,
        Limit: limit - items.length,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    items.push(...(Items as CounterItem[]));
    start = LastEvaluatedKey;
  } while (start && items.length < limit);
  return { items, more: start !== undefined };
}

function addCounter(sums: Map<string, Counts>, item: CounterItem): void {
  const sum = sums.get(item.sk) ?? noCounts();
  sum.packets += toBigInt(item.packets);
  sum.bytes += toBigInt(item.bytes);
  if (item.estimated_bytes !== undefined) sum.estimated_bytes += toBigInt(item.estimated_bytes);
  sum.active_flows += item.active_flows ?? 0;
  sum.bit_rate += item.bit_rate ?? 0;
  sum.packet_rate += item.packet_rate ?? 0;
  sum.rated_pairs += item.rated_pairs ?? 0;
  sums.set(item.sk, sum);
}

import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { toBigInt } from '../../storage/document-client.ts';
import { readPartitions } from '../../storage/read-partitions.ts';
import type { TableNames } from '../../storage/tables.ts';
import { counterPartition } from '../lane-keys.ts';

/** What all edges together have counted under one policy, over all boots. */
export interface Counts {
  packets: bigint;
  /** Layer-3 bytes. */
  bytes: bigint;
  /** A gauge: one-way flows that are alive now. */
  active_flows: number;
}

/**
 * The counters of every policy id that was ever counted, defined or not, summed over the slots. Each slot is read strongly;
 * a transaction that lands meanwhile is in it or not, per counter.
 */
export async function readCounters(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  { slots }: { slots: number },
): Promise<Map<string, Counts>> {
  const partitions = Array.from({ length: slots }, (_, slot) => counterPartition(slot));
  const sums = new Map<string, Counts>();
  for await (const { items } of readPartitions<CounterItem>(client, tables.traffic, partitions)) {
    for (const item of items) addCounter(sums, item);
  }
  return sums;
}

/** What all policies together have counted, ids that aren't defined included: all traffic there was. */
export function trafficTotals(counters: ReadonlyMap<string, Counts>): Counts {
  const total = { packets: 0n, bytes: 0n, active_flows: 0 };
  for (const { packets, bytes, active_flows } of counters.values()) {
    total.packets += packets;
    total.bytes += bytes;
    total.active_flows += active_flows;
  }
  return total;
}

// Plain access: a table holds thousands, and a missing count is 0.
interface CounterItem {
  sk: string;
  packets?: number | bigint;
  bytes?: number | bigint;
  active_flows?: number;
}

function addCounter(sums: Map<string, Counts>, item: CounterItem): void {
  const sum = sums.get(item.sk) ?? { packets: 0n, bytes: 0n, active_flows: 0 };
  sum.packets += toBigInt(item.packets);
  sum.bytes += toBigInt(item.bytes);
  sum.active_flows += item.active_flows ?? 0;
  sums.set(item.sk, sum);
}

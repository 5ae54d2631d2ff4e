import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { toBigInt } from '../storage/document-client.ts';
import type { TableNames } from '../storage/tables.ts';

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
  const read = Array.from({ length: slots }, (_, slot) => readSlot(client, tables, slot));
  const sums = new Map<string, Counts>();
  for (const item of (await Promise.all(read)).flat()) {
    const sum = sums.get(item.sk) ?? { packets: 0n, bytes: 0n, active_flows: 0 };
    sum.packets += toBigInt(item.packets);
    sum.bytes += toBigInt(item.bytes);
    sum.active_flows += item.active_flows ?? 0;
    sums.set(item.sk, sum);
  }
  return sums;
}

interface CounterItem {
  sk: string;
  packets?: number | bigint;
  bytes?: number | bigint;
  active_flows?: number;
}

async function readSlot(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  slot: number,
): Promise<CounterItem[]> {
  const found: CounterItem[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tables.traffic,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `COUNTER#${slot}` },
        ConsistentRead: true,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    found.push(...((page.Items ?? []) as CounterItem[]));
    from = page.LastEvaluatedKey;
  } while (from);
  return found;
}

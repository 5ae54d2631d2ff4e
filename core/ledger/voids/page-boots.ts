import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { parseItem } from '../../storage/parse-item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { bootPartsKey } from '../lane-keys.ts';

/** A boot of an edge: one that has counted, or would have had it not been voided. */
export interface EdgeBoot {
  boot_id: string;
  /** Arrival of its first report, milliseconds; undefined for boots that earlier releases began. */
  first_heard_at_ms?: number | undefined;
  /** The audit id of the void that holds; undefined: it counts. */
  voided?: string | undefined;
}

const PREFIX = bootPartsKey('', '').sk;

const bootSchema = z
  .object({
    sk: z.string(),
    first_heard_at_ms: z.number().exactOptional(),
    voided: z.string().exactOptional(),
  })
  .transform(({ sk, ...boot }): EdgeBoot => ({ boot_id: sk.slice(PREFIX.length), ...boot }));

/**
 * The boots of an edge in the order of their ids, the highest first: ids that begin with the time,
 * as our edges make them, are then newest first.
 *
 * @param before only boots behind this one
 */
export async function pageBoots(
  { client, tables, ...retrying }: StoreContext,
  { edge_id, before, limit }: { edge_id: string; before: string | undefined; limit: number },
): Promise<EdgeBoot[]> {
  const first = bootPartsKey(edge_id, '');
  const query = new QueryCommand({
    TableName: tables.traffic,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': first.pk, ':prefix': first.sk },
    ScanIndexForward: false,
    ConsistentRead: true,
    Limit: limit,
    ...(before !== undefined && { ExclusiveStartKey: bootPartsKey(edge_id, before) }),
  });
  const { Items = [] } = await repeatUntil(retrying, () => client.send(query));
  return Items.map(item => parseItem(bootSchema, item));
}

import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { parseItem } from '../../storage/parse-item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { bootPartsKey } from '../lane-keys.ts';

/** A boot of an edge that has counted or was voided. */
export interface EdgeBoot {
  boot_id: string;
  /**
   * When its earliest counted report arrived, milliseconds; undefined for boots that earlier
   * releases began.
   */
  first_heard_at_ms?: number | undefined;
  /** The audit id of its void; undefined: the boot counts. */
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
 * The boots of an edge, from the highest id down. Our edges make ids that begin with the time, so
 * theirs come from the newest to the oldest.
 *
 * @param before boots with lower ids than this; all when undefined
 */
export async function pageBoots(
  { client, tables, ...retrying }: StoreContext,
  { edge_id, before, limit }: { edge_id: string; before: string | undefined; limit: number },
): Promise<EdgeBoot[]> {
  const prefix = bootPartsKey(edge_id, '');
  const query = new QueryCommand({
    TableName: tables.traffic,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': prefix.pk, ':prefix': prefix.sk },
    ScanIndexForward: false,
    ConsistentRead: true,
    Limit: limit,
    ...(before !== undefined && { ExclusiveStartKey: bootPartsKey(edge_id, before) }),
  });
  const { Items = [] } = await repeatUntil(retrying, () => client.send(query));
  return Items.map(item => parseItem(bootSchema, item));
}

import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { atOnce } from '../../storage/at-once.ts';
import type { ItemKey } from '../../storage/item.ts';
import { type Retrying, repeatUntil } from '../../storage/retrying.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { LaneListing } from '../lane/lane-listing.ts';
import { endpointLanesPartition, laneBucket, laneKey, siteLanesPartition } from '../lane-keys.ts';

export interface ListingContext extends Retrying {
  client: DynamoDBDocumentClient;
  tables: Pick<TableNames, 'traffic'>;
}

/** A lane to be listed. */
export interface ListedLane {
  edge_id: string;
  part: number;
  listing: LaneListing;
}

/** Puts under way at once. */
const AT_ONCE = 32;

/**
 * Lists lanes under their sites and endpoints. Call it before the lanes are written: a surplus
 * entry costs readers one read, a missing one would hide a lane's counts. Entries are kept for
 * good, and repeating changes nothing.
 *
 * @throws Throttled or Conflict at the deadline
 */
export async function listLanes(lanes: readonly ListedLane[], context: ListingContext): Promise<void> {
  const { client, tables } = context;
  await atOnce(AT_ONCE, lanes.flatMap(entriesOf), Item => {
    const put = new PutCommand({ TableName: tables.traffic, Item });
    return repeatUntil(context, () => client.send(put));
  });
}

function entriesOf({ edge_id, part, listing }: ListedLane): ItemKey[] {
  const { sk } = laneKey(edge_id, part);
  const bucket = laneBucket(edge_id);
  return [
    ...[...listing.sites].map(site_id => ({ pk: siteLanesPartition(site_id), sk })),
    ...[...listing.endpoints].map(id => ({ pk: endpointLanesPartition(id, bucket), sk })),
  ];
}

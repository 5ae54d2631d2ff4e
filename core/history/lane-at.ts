import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Lane } from '../traffic/lane.ts';
import { decodeLane } from '../traffic/lane-codec.ts';
import { laneBucket, laneKey } from '../traffic/lane-keys.ts';
import { laneSamplePartition } from './history-keys.ts';
import type { SnapshotMark } from './sample.ts';
import type { SampleStore } from './sample-store.ts';

/** A lane as a snapshot saw it; undefined when it wasn't sampled then. */
export async function readLaneAt(
  { client, table }: SampleStore,
  { lane: { edge_id, part }, mark }: { lane: Pick<Lane, 'edge_id' | 'part'>; mark: SnapshotMark },
): Promise<Lane | undefined> {
  const pk = laneSamplePartition({ ...mark, bucket: laneBucket(edge_id) });
  const { sk } = laneKey(edge_id, part);
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true }),
  );
  return Item && decodeLane({ edge_id, part }, Item.data as Uint8Array);
}

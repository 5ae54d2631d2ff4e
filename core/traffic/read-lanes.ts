import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '../storage/tables.ts';
import type { Lane } from './lane.ts';
import { decodeLane } from './lane-codec.ts';
import { laneBucket, laneBuckets, lanePartition, parseLaneSortKey } from './lane-keys.ts';

/** The lanes of one edge, one a part, read strongly. Empty when it was never heard from. */
export async function readLanesOfEdge(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  edge_id: string,
): Promise<Lane[]> {
  const lanes: Lane[] = [];
  for await (const lane of readBucket(client, tables, laneBucket(edge_id), `${edge_id}#`)) {
    // Another edge's id may begin with this one's and a `#`.
    if (lane.edge_id === edge_id) lanes.push(lane);
  }
  return lanes;
}

/** Every lane there is, read strongly, `parallel` partitions at a time. */
export async function* readAllLanes(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  { parallel = 16 } = {},
): AsyncGenerator<Lane> {
  const buckets = laneBuckets();
  for (let start = 0; start < buckets.length; start += parallel) {
    const some = buckets.slice(start, start + parallel);
    const read = await Promise.all(some.map(bucket => collect(readBucket(client, tables, bucket))));
    for (const lanes of read) yield* lanes;
  }
}

async function* readBucket(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  bucket: string,
  prefix?: string,
): AsyncGenerator<Lane> {
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tables.traffic,
        KeyConditionExpression: prefix === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: {
          ':pk': lanePartition(bucket),
          ...(prefix !== undefined && { ':prefix': prefix }),
        },
        ConsistentRead: true,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    for (const { sk, data } of (page.Items ?? []) as { sk: string; data: Uint8Array }[]) {
      yield decodeLane(parseLaneSortKey(sk), data);
    }
    from = page.LastEvaluatedKey;
  } while (from);
}

async function collect(lanes: AsyncIterable<Lane>): Promise<Lane[]> {
  const found: Lane[] = [];
  for await (const lane of lanes) found.push(lane);
  return found;
}

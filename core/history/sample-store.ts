import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { toBigInt } from '../storage/document-client.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import { instantKey, MARKS_PARTITION, policySampleKey, policySamplePartition } from './history-keys.ts';
import type { Resolution } from './resolution.ts';
import type { Peak, Sample, SnapshotMark } from './sample.ts';

type Item = Record<string, unknown>;

export interface SampleStore {
  client: DynamoDBDocumentClient;
  table: string;
}

export interface StoredRange {
  resolution: Resolution;
  /** Milliseconds since the epoch, both ends included. */
  from: number;
  to: number;
}

/** The item of a policy's sample; `expires_at` in seconds. */
export function policySampleItem(
  policy_id: string,
  sample: Sample,
  { resolution, expires_at }: { resolution: Resolution; expires_at: number },
): Item {
  const { at, taken_at, packets, bytes, active_flows, peak } = sample;
  return {
    pk: policySamplePartition(policy_id),
    sk: policySampleKey(resolution, at, taken_at),
    at,
    taken_at,
    packets,
    bytes,
    active_flows,
    ...(peak && { peak }),
    [TTL_ATTRIBUTE]: expires_at,
  };
}

/** The item of a snapshot's mark: the last one a snapshot writes, by which all it wrote counts. */
export function markItem(
  mark: SnapshotMark,
  { resolution, expires_at }: { resolution: Resolution; expires_at: number },
): Item {
  return { pk: MARKS_PARTITION, sk: instantKey(resolution, mark.at), ...mark, [TTL_ATTRIBUTE]: expires_at };
}

/** The marks of a range, ascending. */
export async function readMarks({ client, table }: SampleStore, range: StoredRange): Promise<SnapshotMark[]> {
  const items = await queryRange({ client, table }, MARKS_PARTITION, {
    first: instantKey(range.resolution, range.from),
    last: instantKey(range.resolution, range.to),
  });
  return items.map(toMark);
}

/** The samples of a policy in a range, ascending; those of a reading that did not count are left out. */
export async function readPolicySamples(
  { client, table }: SampleStore,
  { policy_id, range, marks }: { policy_id: string; range: StoredRange; marks: readonly SnapshotMark[] },
): Promise<Sample[]> {
  const counted = new Set(marks.map(mark => `${mark.at}#${mark.taken_at}`));
  const items = await queryRange({ client, table }, policySamplePartition(policy_id), {
    first: instantKey(range.resolution, range.from),
    last: `${instantKey(range.resolution, range.to)}#~`,
  });
  return items.map(toSample).filter(sample => counted.has(`${sample.at}#${sample.taken_at}`));
}

/** The newest mark of a resolution at or before an instant. */
export async function readLastMark(
  { client, table }: SampleStore,
  { resolution, before }: { resolution: Resolution; before: number },
): Promise<SnapshotMark | undefined> {
  const pages = paginateQuery(
    { client, pageSize: 1 },
    {
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: {
        ':pk': MARKS_PARTITION,
        ':first': instantKey(resolution, 0),
        ':last': instantKey(resolution, before),
      },
      ScanIndexForward: false,
      ConsistentRead: true,
    },
  );
  for await (const { Items } of pages) return Items?.[0] && toMark(Items[0]);
  return undefined;
}

async function queryRange(
  { client, table }: SampleStore,
  partition: string,
  { first, last }: { first: string; last: string },
): Promise<Item[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: { ':pk': partition, ':first': first, ':last': last },
      ConsistentRead: true,
    },
  );
  const items: Item[] = [];
  for await (const { Items = [] } of pages) items.push(...Items);
  return items;
}

function toMark(item: Item): SnapshotMark {
  const { at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes } =
    item as unknown as SnapshotMark;
  return { at, taken_at, minute, edges_expected, edges_heard, lanes, bad_lanes };
}

function toSample(item: Item): Sample {
  const { at, taken_at, packets, bytes, active_flows, peak } = item as unknown as StoredSample;
  return {
    at,
    taken_at,
    packets: toBigInt(packets),
    bytes: toBigInt(bytes),
    active_flows: Number(active_flows),
    ...(peak && { peak }),
  };
}

interface StoredSample {
  at: number;
  taken_at: number;
  packets: number | bigint;
  bytes: number | bigint;
  active_flows: number;
  peak?: Peak;
}

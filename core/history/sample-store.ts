import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../storage/item.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import { instantKey, MARKS_PARTITION, policySampleKey, policySamplePartition } from './history-keys.ts';
import { packLate, unpackLate } from './late/pack-late.ts';
import { countOf, packMark, packSample, unpackMark, unpackSample } from './packed-sample.ts';
import { type HourFives, packFives, unpackFives } from './percentile/fives.ts';
import type { Resolution } from './resolution.ts';
import type { Sample, SnapshotMark } from './sample.ts';

export interface SampleStore {
  client: DynamoDBDocumentClient;
  table: string;
}

/** The attributes that are read of a sample or a mark. */
interface PackedFigures {
  packed: unknown;
  late?: string;
  estimated?: string;
  fives?: string;
}

/** Instants sort as text up to the year 9999. */
const FAR_FUTURE = Date.UTC(9999, 0);

export interface StoredRange {
  resolution: Resolution;
  /** Milliseconds since the epoch; both ends are included. */
  from: number;
  to: number;
}

/** The item of a policy's sample; `expires_at` in seconds. */
export function policySampleItem(
  policy_id: string,
  sample: Sample,
  { resolution, expires_at }: { resolution: Resolution; expires_at: number },
): Item {
  return {
    pk: policySamplePartition(policy_id),
    sk: policySampleKey(resolution, sample.at, sample.taken_at),
    packed: packSample(sample),
    ...lateAttribute(sample),
    ...fivesAttribute(sample),
    ...estimatedAttribute(sample),
    [TTL_ATTRIBUTE]: expires_at,
  };
}

function lateAttribute(sample: Sample): { late?: string } {
  const late = packLate(sample);
  return late === undefined ? {} : { late };
}

function fivesAttribute(sample: Sample): { fives?: string } {
  const fives = packFives(sample);
  return fives === undefined ? {} : { fives };
}

// Separate from the packed figures, so that samples without estimated bytes are unchanged.
function estimatedAttribute({ estimated_bytes = 0n }: Sample): { estimated?: string } {
  return estimated_bytes === 0n ? {} : { estimated: String(estimated_bytes) };
}

/**
 * The item of a snapshot's mark. A snapshot writes it last, and it makes everything else that the
 * snapshot wrote count. A minute's mark has the edges that were silent, and since when
 * (`packSilences`).
 */
export function markItem(
  mark: SnapshotMark,
  { resolution, expires_at, silences }: { resolution: Resolution; expires_at: number; silences?: string },
): Item {
  return {
    pk: MARKS_PARTITION,
    sk: instantKey(resolution, mark.at),
    packed: packMark(mark),
    ...(silences !== undefined && { silences }),
    [TTL_ATTRIBUTE]: expires_at,
  };
}

/** The marks of a range in order of time. @throws UnreadableSample */
export async function readMarks({ client, table }: SampleStore, range: StoredRange): Promise<SnapshotMark[]> {
  const items = await queryRange({ client, table }, MARKS_PARTITION, {
    first: instantKey(range.resolution, range.from),
    last: instantKey(range.resolution, range.to),
  });
  return items.map(({ packed }) => unpackMark(packed));
}

/**
 * The samples of a policy in a range in order of time, without samples of readings that don't
 * count.
 * @throws UnreadableSample
 */
export async function readPolicySamples(
  { client, table }: SampleStore,
  { policy_id, range, marks }: { policy_id: string; range: StoredRange; marks: readonly SnapshotMark[] },
): Promise<Sample[]> {
  const counted = new Set(marks.map(mark => `${mark.at}#${mark.taken_at}`));
  const items = await queryRange({ client, table }, policySamplePartition(policy_id), {
    first: instantKey(range.resolution, range.from),
    last: `${instantKey(range.resolution, range.to)}#~`,
  });
  return items.map(sampleOfItem).filter(sample => counted.has(`${sample.at}#${sample.taken_at}`));
}

/**
 * The bytes of each five minutes in a policy's hours, from readings that count. An hour without a
 * sample is left out: it had no traffic.
 */
export async function readFives(
  { client, table }: SampleStore,
  { policy_id, range, marks }: { policy_id: string; range: StoredRange; marks: readonly SnapshotMark[] },
): Promise<HourFives[]> {
  const counted = new Set(marks.map(mark => `${mark.at}#${mark.taken_at}`));
  const items = await queryRange({ client, table }, policySamplePartition(policy_id), {
    ...{
      first: instantKey(range.resolution, range.from),
      last: `${instantKey(range.resolution, range.to)}#~`,
    },
    attributes: 'packed, fives',
  });
  return items.flatMap(item => {
    const { at, taken_at } = sampleOfItem(item);
    return counted.has(`${at}#${taken_at}`) ? unpackFives(at, item.fives) : [];
  });
}

/** The sample in an item. @throws UnreadableSample */
export function sampleOfItem({ packed, late, estimated }: PackedFigures): Sample {
  const sample = unpackSample(packed);
  if (estimated !== undefined) sample.estimated_bytes = countOf(estimated);
  return late === undefined ? sample : { ...sample, ...unpackLate(late) };
}

/**
 * The newest mark of a resolution at or before an instant; without an instant, the newest of all.
 * @throws UnreadableSample
 */
export async function readLastMark(
  store: SampleStore,
  which: { resolution: Resolution; before?: number },
): Promise<SnapshotMark | undefined> {
  return (await readLastMarkItem(store, which))?.mark;
}

/**
 * As {@link readLastMark}, with the silences known to its snapshot; undefined in a mark of an hour,
 * a day or an older release.
 */
export async function readLastMarkItem(
  { client, table }: SampleStore,
  { resolution, before = FAR_FUTURE }: { resolution: Resolution; before?: number },
): Promise<{ mark: SnapshotMark; silences: string | undefined } | undefined> {
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
  for await (const { Items } of pages) {
    const item = Items?.[0];
    return item && { mark: unpackMark(item.packed), silences: item.silences };
  }
  return undefined;
}

async function queryRange(
  { client, table }: SampleStore,
  partition: string,
  {
    first,
    last,
    attributes = 'packed, late, estimated',
  }: { first: string; last: string; attributes?: string },
): Promise<PackedFigures[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: { ':pk': partition, ':first': first, ':last': last },
      ProjectionExpression: attributes,
      ConsistentRead: true,
    },
  );
  const found: PackedFigures[] = [];
  for await (const { Items = [] } of pages) found.push(...(Items as PackedFigures[]));
  return found;
}

import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../../storage/item.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import { instantKey, LATE_PARTITION } from '../history-keys.ts';
import type { Resolution } from '../resolution.ts';
import type { SampleStore } from '../sample-store.ts';
import { LOOK_AHEAD_MS } from './look-ahead.ts';

/** A reading with late counts that are older than readers look ahead. */
export interface LateReading {
  resolution: Resolution;
  at: number;
  taken_at: number;
  /** The beginning of its earliest late span. */
  earliest: number;
}

/** Whether readers of an old range would miss late counts of it in this reading. */
export function reachesFar({ resolution, at, earliest }: Omit<LateReading, 'taken_at'>): boolean {
  return earliest < at - LOOK_AHEAD_MS[resolution];
}

/** The item by which readers find such a reading; `expires_at` in seconds. */
export function lateReadingItem(reading: LateReading, { expires_at }: { expires_at: number }): Item {
  const { resolution, at, taken_at, earliest } = reading;
  return {
    pk: LATE_PARTITION,
    sk: `${instantKey(resolution, at)}#${taken_at}`,
    at,
    earliest,
    [TTL_ATTRIBUTE]: expires_at,
  };
}

/**
 * The instants of the readings in a range of time with counts of before `reaching`, in order of
 * time. Whether such a reading counts is known from its mark.
 */
export async function readLateReadings(
  { client, table }: SampleStore,
  range: { resolution: Resolution; after: number; to: number; reaching: number },
): Promise<number[]> {
  const { resolution, after, to, reaching } = range;
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: {
        ':pk': LATE_PARTITION,
        ':first': `${instantKey(resolution, after)}#~`,
        ':last': `${instantKey(resolution, to)}#~`,
      },
      ConsistentRead: true,
    },
  );
  const found = new Set<number>();
  for await (const { Items = [] } of pages) {
    for (const { at, earliest } of Items) if (Number(earliest) < reaching) found.add(Number(at));
  }
  return [...found];
}

import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ItemSource } from '../../cache/cache.ts';
import { classifyFailure } from '../../storage/failure.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { type PathMetrics, pathMetricsSchema } from '../health/path-metrics.ts';
import { metricsKey } from '../path-keys.ts';

type Storing = Pick<StoreContext, 'client' | 'tables'>;

/** Where a measurement was kept: the one before it, where there was one. */
export interface Kept {
  previous: PathMetrics | undefined;
}

/**
 * Keeps what was measured on a path, unless something measured later is there: then it answers
 * undefined.
 */
export async function writePathMetrics(
  { client, tables }: Storing,
  { path_id, metrics }: { path_id: string; metrics: PathMetrics },
): Promise<Kept | undefined> {
  const measured_ms = Date.parse(metrics.measured_at);
  try {
    const { Attributes } = await client.send(
      new PutCommand({
        TableName: tables.traffic,
        Item: { ...metricsKey(path_id), ...metrics, measured_ms },
        ReturnValues: 'ALL_OLD',
        ...conditionOf({
          expression: 'attribute_not_exists(#pk) OR #measured_ms <= :measured_ms',
          values: { measured_ms },
        }),
      }),
    );
    return { previous: pathMetricsSchema.safeParse(Attributes).data };
  } catch (error) {
    if (classifyFailure(error).kind === 'condition') return undefined;
    throw error;
  }
}

/** The item of a path's metrics, for the cache. */
export function pathMetricsSource(context: Storing, path_id: string): ItemSource<PathMetrics> {
  return {
    address: { table: context.tables.traffic, key: metricsKey(path_id) },
    parse: item => item && parseItem(pathMetricsSchema, item),
    read: () => readPathMetrics(context, path_id),
  };
}

/** What was measured on a path last; undefined when nothing ever was. */
export async function readPathMetrics(
  { client, tables }: Storing,
  path_id: string,
): Promise<PathMetrics | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tables.traffic, Key: metricsKey(path_id), ConsistentRead: true }),
  );
  return Item && parseItem(pathMetricsSchema, Item);
}

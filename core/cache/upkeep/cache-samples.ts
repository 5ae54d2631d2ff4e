import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import { withTimeLimit } from '../../time/time-limit.ts';
import { cacheSampleKey } from '../shared/table-keys.ts';
import { asUnreachable } from './count-caches.ts';
import { type NamedCacheStats, readCacheStats } from './read-cache-stats.ts';

/** How long samples of the caches are kept. */
export const CACHE_SAMPLES_KEPT_MS = 7 * 86_400_000;

/** Time limit of one page of samples. */
const LIMIT_MS = 2000;

/** Look-ups of all functions up to an instant, and the entries of the shared level at it. */
const figuresSchema = z.object({ active: z.number(), hits: z.number(), misses: z.number() });

const sampleSchema = z.object({ sk: z.string(), caches: z.record(z.string(), figuresSchema) });

export interface CacheSample {
  /** Milliseconds since the epoch. */
  at: number;
  /** By cache name; `total` is the sum of all. */
  caches: ReadonlyMap<string, z.output<typeof figuresSchema>>;
}

/**
 * Stores the caches' figures under an instant, for {@link readCacheSamples}. A second sample of the
 * same instant replaces the first one.
 *
 * @throws Throttled when the shared level can't be reached
 */
export async function keepCacheSample(
  context: StoreContext,
  names: readonly string[],
  at: number,
): Promise<void> {
  const stats = await readCacheStats(context, names);
  const put = new PutCommand({
    TableName: context.tables.cache,
    Item: {
      ...cacheSampleKey(timestamp(at)),
      caches: Object.fromEntries(stats.map(one => [one.name, figuresOf(one)])),
      [TTL_ATTRIBUTE]: Math.floor((at + CACHE_SAMPLES_KEPT_MS) / 1000),
    },
  });
  await withTimeLimit(LIMIT_MS, abortSignal => context.client.send(put, { abortSignal })).catch(
    asUnreachable,
  );
}

function figuresOf({ active, hits, misses }: NamedCacheStats): z.output<typeof figuresSchema> {
  return { active, hits, misses };
}

/**
 * The samples from `from` to `to` (milliseconds since the epoch, both inclusive), in order of time.
 *
 * @throws Throttled when the shared level can't be reached
 */
export async function readCacheSamples(
  { client, tables }: Pick<StoreContext, 'client' | 'tables'>,
  { from, to }: { from: number; to: number },
): Promise<CacheSample[]> {
  const { pk } = cacheSampleKey('');
  const samples: CacheSample[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const query = new QueryCommand({
      TableName: tables.cache,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': pk, ':from': timestamp(from), ':to': timestamp(to) },
      ...(start && { ExclusiveStartKey: start }),
    });
    const page = await withTimeLimit(LIMIT_MS, abortSignal => client.send(query, { abortSignal })).catch(
      asUnreachable,
    );
    for (const item of page.Items ?? []) {
      const { sk, caches } = sampleSchema.parse(item);
      samples.push({ at: Date.parse(sk), caches: new Map(Object.entries(caches)) });
    }
    start = page.LastEvaluatedKey;
  } while (start);
  return samples;
}

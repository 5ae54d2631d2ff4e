import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CacheSettings } from '../core/cache/cache-settings.ts';
import { readUsage, type Usage, UsageReporter } from '../core/cache/upkeep/usage-reporter.ts';
import { systemClock } from '../core/time/clock.ts';
import { CACHE_NAMES, makeProductCaches, type ProductCaches } from './product-caches.ts';

export interface ContainerCaches {
  caches: ProductCaches;
  /**
   * Loads the keys that were used last anywhere into memory: bounded in time and number, never
   * rejects.
   */
  warmUp(): Promise<void>;
  /**
   * For the end of an invocation, after which a container may be frozen or gone: measurements that
   * wait for their turn are shared, and look-ups added up, at most once in 10 s. Never rejects.
   */
  settle(): Promise<void>;
}

/** The caches of one container, with their metrics: hits, misses, hit rate and trouble by cache. */
export function makeContainerCaches({
  client,
  table,
  settings,
  leaves_hot_keys = true,
}: {
  client: DynamoDBDocumentClient;
  table: string;
  settings: CacheSettings;
  /**
   * Whether its keys are what a new container warms up with; not for functions that answer no
   * requests.
   */
  leaves_hot_keys?: boolean;
}): ContainerCaches {
  const caches = makeProductCaches({
    client,
    table,
    settings,
    onTrouble: (cache, kind) => count(cache, { [TROUBLE[kind]]: 1 }),
  });
  const usage = new UsageReporter({
    client,
    table,
    caches: Object.values(caches),
    clock: systemClock,
    leaves_hot_keys,
    onTrouble: () => count('all', { CacheUsageFailed: 1 }),
    onUsage: (cache, news) => count(cache, { CacheHits: news.hits, CacheMisses: news.misses }, rateOf(news)),
  });
  return {
    caches,
    async settle() {
      await Promise.all([caches.metrics.drain(), usage.report()]);
    },
    async warmUp() {
      try {
        const hot = await readUsage({ client, table }, CACHE_NAMES);
        await Promise.all(
          Object.values(caches).map(cache => cache.warmTexts(hot.get(cache.name)?.hot_keys ?? [])),
        );
      } catch {
        // A cold cache is no trouble: the first requests fill it.
      }
    },
  };
}

const TROUBLE = {
  slow: 'CacheSlow',
  failed: 'CacheFailed',
  garbage: 'CacheGarbage',
  too_large: 'CacheTooLarge',
  dropped: 'CacheWritesDropped',
} as const;

function rateOf({ hits, misses }: Usage): number {
  return (100 * hits) / (hits + misses);
}

// One line of the embedded metric format a cache, written at once.
function count(cache: string, counts: Record<string, number>, hitRate?: number): void {
  const metrics = new Metrics({ defaultDimensions: { cache } });
  for (const [name, value] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, value);
  if (hitRate !== undefined) metrics.addMetric('CacheHitRate', MetricUnit.Percent, hitRate);
  metrics.publishStoredMetrics();
}

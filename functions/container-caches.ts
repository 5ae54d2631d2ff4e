import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CacheSettings } from '../core/cache/cache-settings.ts';
import type { TroubleKind } from '../core/cache/shared/shared-access.ts';
import { readUsage, UsageReporter } from '../core/cache/upkeep/usage-reporter.ts';
import { systemClock } from '../core/time/clock.ts';
import { logger } from './logger.ts';
import { countMetrics, publishHitRate } from './metrics.ts';
import { CACHE_NAMES, makeProductCaches, type ProductCaches } from './product-caches.ts';

export interface ContainerCaches {
  caches: ProductCaches;
  /**
   * Loads the keys that any container used most recently into memory. Bounded in time and number;
   * never rejects.
   */
  warmUp(): Promise<void>;
  /**
   * Called at the end of an invocation, after which the container may be frozen or removed: writes
   * pending measurements to the shared level, and adds up look-ups at most once in 10 s. Never
   * rejects.
   */
  settle(): Promise<void>;
}

/** The caches of one container, with metrics of their hit rates and their failures. */
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
   * Whether new containers warm up with this container's keys; false for functions that answer no
   * requests.
   */
  leaves_hot_keys?: boolean;
}): ContainerCaches {
  const caches = makeProductCaches({
    client,
    table,
    settings,
    onTrouble: countTrouble,
  });
  const usage = new UsageReporter({
    client,
    table,
    caches: Object.values(caches),
    clock: systemClock,
    leaves_hot_keys,
    onTrouble: () => logger.warn('The look-ups of the caches could not be stored.'),
    onUsage: publishHitRate,
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
        // A cold cache is not an error: the first requests fill it.
      }
    },
  };
}

const TROUBLE = {
  slow: 'CacheSlow',
  failed: 'CacheFailed',
  garbage: 'CacheGarbage',
  too_large: 'CacheTooLarge',
} as const;

function countTrouble(cache: string, kind: TroubleKind): void {
  if (kind === 'dropped') logger.warn('A write of a cache was dropped.', { cache });
  else countMetrics('caches', { [TROUBLE[kind]]: 1 }, { cache });
}

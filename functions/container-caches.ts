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

/** The caches of one container, with metrics of their hit rates and their trouble. */
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
    onTrouble: tellTrouble,
  });
  const usage = new UsageReporter({
    client,
    table,
    caches: Object.values(caches),
    clock: systemClock,
    leaves_hot_keys,
    onTrouble: () => logger.warn('What the caches were asked for could not be stored.'),
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
} as const;

function tellTrouble(cache: string, kind: TroubleKind): void {
  if (kind === 'dropped') logger.warn('A write of a cache was given up.', { cache });
  else countMetrics('caches', { [TROUBLE[kind]]: 1 }, { cache });
}

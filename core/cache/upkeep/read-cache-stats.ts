import type { StoreContext } from '../../storage/store-context.ts';
import type { CacheStats } from '../cache.ts';
import { asUnreachable, countCaches } from './count-caches.ts';
import { readUsage } from './usage-reporter.ts';

export interface NamedCacheStats extends CacheStats {
  name: string;
}

/**
 * The shared level's entries of each cache, with the look-ups of all functions. The last element is
 * their sum, named `total`.
 *
 * @throws Throttled when the shared level can't be reached
 */
export async function readCacheStats(
  context: StoreContext,
  caches: readonly string[],
): Promise<NamedCacheStats[]> {
  const place = { client: context.client, table: context.tables.cache };
  const [usage, counts] = await Promise.all([
    readUsage(place, caches).catch(asUnreachable),
    countCaches(context, caches),
  ]);
  const each = caches.map((name, index) => {
    const { hits, misses } = usage.get(name)!;
    return withRate({ name, ...counts[index]!, hits, misses });
  });
  return [...each, withRate(each.reduce(add, { ...NOTHING, name: 'total' }))];
}

const NOTHING = { total: 0, active: 0, expired: 0, hits: 0, misses: 0 };

type Counted = Omit<NamedCacheStats, 'hit_rate'>;

function add(sum: Counted, one: Counted): Counted {
  return {
    name: sum.name,
    total: sum.total + one.total,
    active: sum.active + one.active,
    expired: sum.expired + one.expired,
    hits: sum.hits + one.hits,
    misses: sum.misses + one.misses,
  };
}

function withRate(stats: Counted): NamedCacheStats {
  const lookUps = stats.hits + stats.misses;
  return { ...stats, hit_rate: lookUps === 0 ? 0 : stats.hits / lookUps };
}

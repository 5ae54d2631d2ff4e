import type { NetworkContext } from '../network/network-context.ts';
import { repeatUntil } from '../storage/retrying.ts';
import type { CacheStats } from './cache.ts';
import { readGeneration } from './generation.ts';
import { countPartitions } from './table-partitions.ts';
import { readUsage } from './usage-reporter.ts';

export interface NamedCacheStats extends CacheStats {
  name: string;
}

/** The shared level's entries of each cache, with the look-ups of all functions; then their sums, named `total`. */
export function readCacheStats(
  context: NetworkContext,
  caches: readonly string[],
): Promise<NamedCacheStats[]> {
  const { client, tables } = context;
  const place = { client, table: tables.cache };
  return repeatUntil(context, async () => {
    const [usage, counts] = await Promise.all([
      readUsage(place, caches),
      Promise.all(
        caches.map(async cache => {
          const { generation, removals } = await readGeneration({ ...place, cache });
          return countPartitions({ ...place, cache, generation, removals, now: context.clock() });
        }),
      ),
    ]);
    const each = caches.map((name, index) => {
      const { hits, misses } = usage.get(name)!;
      return withRate({ name, ...counts[index]!, hits, misses });
    });
    return [...each, withRate(each.reduce(add, { ...NOTHING, name: 'total' }))];
  });
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

import { graphql, type ResultOf } from '../../data/graphql.ts';

export const CACHE_STATS = graphql(`
  query CacheStats {
    cacheStats { name total active expired hits misses hit_rate }
  }
`);

export type CacheRow = ResultOf<typeof CACHE_STATS>['cacheStats'][number];

export const CACHE_HISTORY = graphql(`
  query CacheHistory($from: AWSDateTime!, $to: AWSDateTime!) {
    cacheHistory(from: $from, to: $to) {
      at
      caches { name hit_rate lookups_per_second }
    }
  }
`);

export const CLEAR_CACHE = graphql(`
  mutation ClearCache { clearCache { message } }
`);

export const WARM_CACHES = graphql(`
  mutation WarmCaches { warmCaches { message } }
`);

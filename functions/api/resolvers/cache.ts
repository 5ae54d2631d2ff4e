import { z } from 'zod';
import { clearCaches } from '../../../core/cache/upkeep/clear-caches.ts';
import { readCacheStats } from '../../../core/cache/upkeep/read-cache-stats.ts';
import { CACHE_NAMES } from '../../product-caches.ts';
import { type Resolvers, resolver } from '../resolver.ts';

type CacheOperation = 'Query.cacheStats' | 'Mutation.clearCache';

const nothing = z.object({});

export const cacheResolvers: Pick<Resolvers, CacheOperation> = {
  'Query.cacheStats': resolver({
    arguments: nothing,
    resolve: (_, { context }) => readCacheStats(context, CACHE_NAMES),
  }),

  'Mutation.clearCache': resolver({
    arguments: nothing,
    target: () => 'cache',
    async resolve(_, { context, caller }) {
      const { cleared_entries, audit_id } = await clearCaches(context, caller, CACHE_NAMES);
      const entries = cleared_entries === 1 ? '1 entry' : `${cleared_entries} entries`;
      const message = `The caches are cleared of ${entries}; within a second nothing old is served anywhere.`;
      return { success: true, message, cleared_entries, audit_id };
    },
  }),
};

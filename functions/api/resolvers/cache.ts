import { z } from 'zod';
import { checkOrder } from '../../../core/answers/answer-flows.ts';
import { cacheHistory } from '../../../core/cache/upkeep/cache-history.ts';
import { CACHE_SAMPLES_KEPT_MS, readCacheSamples } from '../../../core/cache/upkeep/cache-samples.ts';
import { clearCaches } from '../../../core/cache/upkeep/clear-caches.ts';
import { readCacheStats } from '../../../core/cache/upkeep/read-cache-stats.ts';
import { ValidationError } from '../../../core/errors.ts';
import { warmDecisions } from '../../../core/routing/decisions/warm-decisions.ts';
import { CACHE_NAMES } from '../../product-caches.ts';
import { COSTS } from '../costs.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { timeArgument } from '../time-argument.ts';

type CacheOperation =
  | 'Query.cacheStats'
  | 'Query.cacheHistory'
  | 'Mutation.clearCache'
  | 'Mutation.warmCaches';

const nothing = z.object({});

/** Names of the caches, and of their sum. */
const COLUMNS = [...CACHE_NAMES, 'total'];

export const cacheResolvers: Pick<Resolvers, CacheOperation> = {
  'Query.cacheStats': resolver({
    arguments: nothing,
    resolve: (_, { context }) => readCacheStats(context, CACHE_NAMES),
  }),

  'Query.cacheHistory': resolver({
    arguments: z.object({ from: timeArgument, to: timeArgument }),
    cost: () => COSTS.cache_history,
    async resolve(range, { context }) {
      checkOrder(range.from, range.to);
      if (range.to - range.from > CACHE_SAMPLES_KEPT_MS) {
        throw new ValidationError(
          'The range of cacheHistory is at most seven days: choose a later from or an earlier to.',
          { arguments: ['from', 'to'] },
        );
      }
      return cacheHistory(await readCacheSamples(context, range), COLUMNS);
    },
  }),

  'Mutation.warmCaches': resolver({
    arguments: nothing,
    cost: () => COSTS.warm_caches,
    target: () => 'cache',
    async resolve(_, { context, caller, caches }) {
      const { warmed, wanted, audit_id } = await warmDecisions(context, caches, caller);
      const message =
        wanted === 0
          ? 'There were no requests for decisions yet, so there is nothing to warm the caches with.'
          : `The caches hold ${warmed} of the ${wanted} decisions that were requested most recently.`;
      return { success: true, message, warmed, audit_id };
    },
  }),

  'Mutation.clearCache': resolver({
    arguments: nothing,
    target: () => 'cache',
    async resolve(_, { context, caller }) {
      const { cleared_entries, audit_id } = await clearCaches(context, caller, CACHE_NAMES);
      const entries = cleared_entries === 1 ? '1 entry' : `${cleared_entries} entries`;
      const message = `Cleared ${entries}; within a second no function serves old entries.`;
      return { success: true, message, cleared_entries, audit_id };
    },
  }),
};

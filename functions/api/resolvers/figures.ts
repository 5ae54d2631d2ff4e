import { z } from 'zod';
import { FIGURE_SCOPES } from '../../../core/live/figure.ts';
import { readFigurePage, readFigureToken } from '../../../core/live/figure-pages.ts';
import { renewLease } from '../../../core/live/lease.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import type { Figure } from '../../../graphql/schema.generated.ts';
import { COSTS } from '../costs.ts';
import { figureMemoryOf } from '../figure-memory.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { wholeNumber } from '../whole-number.ts';

/** More items than fit in one answer. */
const MOST_ITEMS = 20_000;

export const figureResolvers: Pick<Resolvers, 'Query.figures'> = {
  'Query.figures': resolver({
    arguments: z.object({
      scope: z.enum(FIGURE_SCOPES),
      limit: wholeNumber('limit', { max: MOST_ITEMS, fallback: MOST_ITEMS }),
      next_token: z.string().nullish(),
    }),
    cost: ({ scope }) => COSTS.figures[scope],
    async resolve({ scope, limit, next_token }, call) {
      const after = readFigureToken(scope, next_token);
      // The lease is renewed first: publications with a higher number are newer than the figures
      // that are read here.
      const lease = await renewLease(call.context, scope);
      const seq = after?.seq ?? lease.seq;
      const page = await readFigurePage(call.context, figureMemoryOf(call), { scope, after, seq, limit });
      return {
        ...{ scope, seq, part: 0, parts: 1, removed: [] },
        // GraphQL turns missing fields of a figure into null.
        items: page.items as Figure[],
        as_of: timestamp(page.as_of_ms),
        lease_until: timestamp(lease.lease_until_ms),
        next_token: page.next_token,
      };
    },
  }),
};

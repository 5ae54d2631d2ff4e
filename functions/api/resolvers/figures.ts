import { z } from 'zod';
import { FIGURE_SCOPES } from '../../../core/live/figure.ts';
import { renewLease } from '../../../core/live/lease.ts';
import { readFigures } from '../../../core/live/read-figures.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import type { Figure } from '../../../graphql/schema.generated.ts';
import { COSTS } from '../costs.ts';
import { figureMemoryOf } from '../figure-memory.ts';
import { type Resolvers, resolver } from '../resolver.ts';

export const figureResolvers: Pick<Resolvers, 'Query.figures'> = {
  'Query.figures': resolver({
    arguments: z.object({ scope: z.enum(FIGURE_SCOPES) }),
    cost: ({ scope }) => COSTS.figures[scope],
    async resolve({ scope }, call) {
      // The lease first: what is published after its number is newer than what is read here.
      const { seq, lease_until_ms } = await renewLease(call.context, scope);
      const { as_of_ms, items } = await readFigures[scope](call.context, figureMemoryOf(call));
      return {
        ...{ scope, seq, part: 0, parts: 1, removed: [] },
        // What a figure leaves out is null.
        items: items as Figure[],
        as_of: timestamp(as_of_ms),
        lease_until: timestamp(lease_until_ms),
      };
    },
  }),
};

import { z } from 'zod';
import { idArgument, uuidArgument } from '../../../core/answers/id-argument.ts';
import { uuid } from '../../../core/inventory/model/parse-input.ts';
import { pathTarget, siteTarget } from '../../../core/inventory/model/site-events.ts';
import { createPath } from '../../../core/inventory/paths/create-path.ts';
import { deletePath } from '../../../core/inventory/paths/delete-path.ts';
import { listPaths } from '../../../core/inventory/paths/read-paths.ts';
import { readSiteNames } from '../../../core/inventory/sites/site-names.ts';
import { countSitePaths } from '../../../core/inventory/sites/site-paths.ts';
import { PATH_STATUSES } from '../../../core/routing/failover/path-status.ts';
import { findPathMatrix, findPaths } from '../../../core/routing/network/find-paths.ts';
import { PATH_ORDERS } from '../../../core/routing/network/list-paths.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import type { NamedSite } from '../../../graphql/schema.generated.ts';
import { COSTS } from '../costs.ts';
import { pageArguments } from '../page-arguments.ts';
import { presentFound, presentPath, presentPaths, selectedOfPaths } from '../present-path.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { selectsOnly } from '../selection.ts';
import { validatedInCore } from '../validated-in-core.ts';
import { wholeNumber } from '../whole-number.ts';

type PathOperation =
  | 'Query.paths'
  | 'Query.allPaths'
  | 'Query.pathMatrix'
  | 'Query.countSitePaths'
  | 'Mutation.createPath'
  | 'Mutation.deletePath';

/** The fields of a list that need no names of sites. */
const LIST_FIELDS = ['items', 'pairs', 'total', 'by_status', 'next_token', '__typename'];

/** The sites at the ends of these paths, with their names. */
async function namesOf(
  context: StoreContext,
  ends: readonly { source_site_id: string; destination_site_id: string }[],
): Promise<NamedSite[]> {
  const ids = new Set(
    ends.flatMap(({ source_site_id, destination_site_id }) => [source_site_id, destination_site_id]),
  );
  const names = await readSiteNames(context, ids);
  return Array.from(names, ([id, name]) => ({ id, name }));
}

/** The fields of a pair that need no traffic. */
const PAIR_FIELDS = [
  'source_site_id',
  'destination_site_id',
  'worst_status',
  'worst_score',
  'paths',
  '__typename',
];

export const pathResolvers: Pick<Resolvers, PathOperation> = {
  'Query.paths': resolver({
    arguments: z.object({ ...pageArguments, site_id: uuid('site_id') }),
    async resolve(query, call) {
      const { items, next_token } = await listPaths(call.context, query);
      const { site_id } = query;
      return { items: await presentPaths(items, { site_id, place: 'items', call }), next_token };
    },
  }),

  'Query.allPaths': resolver({
    arguments: z
      .object({
        status: z.enum(PATH_STATUSES).nullish(),
        site_id: uuid('site_id').nullish(),
        beside: uuidArgument.nullish(),
        policy_id: idArgument.nullish(),
        left_by: idArgument.nullish(),
        order_by: z
          .enum(PATH_ORDERS)
          .nullish()
          .transform(order => order ?? 'WORST_FIRST'),
        limit: wholeNumber('limit', { max: 1000, fallback: 25 }),
        next_token: z.string().nullish(),
      })
      .refine(({ site_id, beside }) => !site_id || !beside, {
        path: ['beside'],
        message: 'beside and site_id cannot be combined: leave one of them out.',
      }),
    cost: ({ site_id, beside }) => (site_id || beside ? 0 : COSTS.all_paths),
    async resolve(query, call) {
      const { context, caches } = call;
      const asked = { ...query, ...selectedOfPaths(call, 'items') };
      const { items, ...page } = await findPaths(context, caches, asked);
      const sites = selectsOnly(call.selection, '', LIST_FIELDS)
        ? []
        : await namesOf(
            context,
            items.map(({ path }) => path),
          );
      return { items: await presentFound(items, context), sites, ...page };
    },
  }),

  'Query.pathMatrix': resolver({
    arguments: z.object({
      limit: wholeNumber('limit', { max: 4000, fallback: 4000 }),
      next_token: z.string().nullish(),
    }),
    cost: () => COSTS.all_paths,
    async resolve(asked, { context, caches, selection }) {
      const with_rates = !selectsOnly(selection, 'pairs', PAIR_FIELDS);
      const { pairs, ...page } = await findPathMatrix(context, caches, { ...asked, with_rates });
      const sites = selectsOnly(selection, '', LIST_FIELDS) ? [] : await namesOf(context, pairs);
      return { pairs, sites, ...page };
    },
  }),

  'Query.countSitePaths': resolver({
    arguments: z.object({ site_id: uuid('site_id') }),
    resolve: ({ site_id }, { context }) => countSitePaths(context, site_id),
  }),

  'Mutation.createPath': resolver({
    arguments: validatedInCore('Mutation.createPath'),
    target: ({ source_site_id }) => siteTarget(source_site_id),
    async resolve(input, call) {
      const path = await createPath(call.context, call.caller, input);
      // A new path has no measurements, and nothing may fail after the change.
      const unused = { metrics: undefined, policies: {}, enabled: new Set<string>(), probe: null };
      return presentPath(path, { context: call.context, ...unused });
    },
  }),

  'Mutation.deletePath': resolver({
    arguments: validatedInCore('Mutation.deletePath'),
    target: ({ path_id }) => pathTarget(path_id),
    async resolve(input, { context, caller }) {
      const { path, audit_id } = await deletePath(context, caller, input);
      return { success: true, message: `Path ${path.id} was deleted.`, audit_id, finished: true };
    },
  }),
};

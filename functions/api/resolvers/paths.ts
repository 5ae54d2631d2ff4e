import { z } from 'zod';
import { uuid } from '../../../core/inventory/model/parse-input.ts';
import { pathTarget, siteTarget } from '../../../core/inventory/model/site-events.ts';
import { createPath } from '../../../core/inventory/paths/create-path.ts';
import { deletePath } from '../../../core/inventory/paths/delete-path.ts';
import { listPaths } from '../../../core/inventory/paths/read-paths.ts';
import { countSitePaths } from '../../../core/inventory/sites/site-paths.ts';
import { pageArguments } from '../page-arguments.ts';
import { presentPath, presentPaths } from '../present-path.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { validatedInCore } from '../validated-in-core.ts';

type PathOperation = 'Query.paths' | 'Query.countSitePaths' | 'Mutation.createPath' | 'Mutation.deletePath';

export const pathResolvers: Pick<Resolvers, PathOperation> = {
  'Query.paths': resolver({
    arguments: z.object({ ...pageArguments, site_id: uuid('site_id') }),
    async resolve(query, call) {
      const { items, next_token } = await listPaths(call.context, query);
      return { items: await presentPaths(items, call), next_token };
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
      // It was never measured, and nothing may fail any more.
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

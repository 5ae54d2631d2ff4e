import { z } from 'zod';
import { ValidationError } from '../../../core/errors.ts';
import { geoBoxInput } from '../../../core/inventory/model/geo.ts';
import { uuid } from '../../../core/inventory/model/parse-input.ts';
import { siteTarget } from '../../../core/inventory/model/site-events.ts';
import { siteIdInput } from '../../../core/inventory/model/site-input.ts';
import { countSites } from '../../../core/inventory/sites/count-sites.ts';
import { createSite } from '../../../core/inventory/sites/create-site.ts';
import { listSites } from '../../../core/inventory/sites/list-sites.ts';
import { readSite } from '../../../core/inventory/sites/read-site.ts';
import { updateSite } from '../../../core/inventory/sites/update-site.ts';
import { repeatUntil } from '../../../core/storage/retrying.ts';
import { COSTS } from '../costs.ts';
import { pageArguments } from '../page-arguments.ts';
import { parseArguments } from '../parse-arguments.ts';
import { NO_PATHS_SHOWN, NOT_HEARD, presentSites, selectsEndpoints, selectsMore } from '../present-site.ts';
import { type Call, type Resolvers, resolver } from '../resolver.ts';
import { validatedInCore } from '../validated-in-core.ts';
import { wholeNumber } from '../whole-number.ts';

type SiteOperation =
  | 'Query.sites'
  | 'Query.site'
  | 'Query.siteCount'
  | 'Mutation.createSite'
  | 'Mutation.updateSite';

/** Pages up to this size are free, and may have fields that are read site by site. */
const FREE_SITES = 100;

const SEARCH_RULE = 'search must be at most 200 characters.';

export const siteResolvers: Pick<Resolvers, SiteOperation> = {
  'Query.sites': resolver({
    arguments: z.object({
      ...pageArguments,
      limit: wholeNumber('limit', { max: 1000, fallback: 25 }),
      search: z.string().max(200, SEARCH_RULE).nullish(),
      within: geoBoxInput.nullish(),
    }),
    cost: ({ search, within, limit }) =>
      (search || within ? COSTS.search : 0) + (limit > FREE_SITES ? COSTS.many_sites : 0),
    async resolve(query, call) {
      if (query.limit > FREE_SITES && selectsMore(call, 'items')) {
        throw new ValidationError(
          `limit may be above ${FREE_SITES} only if none of endpoints, last_seen, rate, path_count and worst_status are selected, because they are read site by site: select fewer fields, or lower the limit.`,
          { arguments: ['limit'] },
        );
      }
      const with_endpoints = selectsEndpoints(call, 'items');
      const { items, next_token } = await listSites(call.context, { ...query, with_endpoints });
      return { items: await presentSites(items, call, 'items'), next_token };
    },
  }),

  'Query.site': resolver({
    arguments: z.object({ id: uuid('id') }),
    async resolve({ id }, call) {
      const site = await readSite(call.context, id);
      return site ? (await presentSites([site], call, ''))[0]! : null;
    },
  }),

  'Query.siteCount': resolver({
    arguments: z.object({}),
    resolve: (_, { context }) => countSites(context),
  }),

  'Mutation.createSite': resolver({
    arguments: validatedInCore('Mutation.createSite'),
    async resolve(input, call) {
      const site = await createSite(call.context, call.caller, input);
      return { ...site, status: 'ACTIVE', endpoints: [], ...NOT_HEARD, ...NO_PATHS_SHOWN };
    },
  }),

  'Mutation.updateSite': resolver({
    arguments: validatedInCore('Mutation.updateSite'),
    target: ({ site_id }) => siteTarget(site_id),
    async resolve(input, call) {
      // The other fields are read before the change, because nothing may fail after it.
      const { site_id } = parseArguments(siteIdInput, input);
      const before = await readSite(call.context, site_id);
      const shown = before && (await repeatUntil(call.context, () => presentOne(before, call)));
      const site = await updateSite(call.context, call.caller, input);
      return { endpoints: [], ...NOT_HEARD, ...NO_PATHS_SHOWN, ...shown, ...site, status: 'ACTIVE' };
    },
  }),
};

const presentOne = async (site: Parameters<typeof presentSites>[0][number], call: Call) =>
  (await presentSites([site], call, ''))[0]!;

import { z } from 'zod';
import { answerAuditLog } from '../../../core/answers/answer-audit-log.ts';
import { viewOf } from '../../../core/audit/audit-view.ts';
import { readPolicies } from '../../../core/inventory/policies/read-policies.ts';
import { countSites } from '../../../core/inventory/sites/count-sites.ts';
import { readSite } from '../../../core/inventory/sites/read-site.ts';
import { busiest } from '../../../core/live/busiest.ts';
import { readFigures } from '../../../core/live/read-figures.ts';
import { countPathsByStatus } from '../../../core/routing/network/find-paths.ts';
import { readNetworkPicture } from '../../../core/routing/network/network-picture.ts';
import type { Overview } from '../../../graphql/schema.generated.ts';
import { COSTS } from '../costs.ts';
import { figureMemoryOf } from '../figure-memory.ts';
import { presentSites } from '../present-site.ts';
import { type Call, type Resolver, type Resolvers, resolver } from '../resolver.ts';
import { alarmResolvers } from './alarms.ts';
import { policyResolvers } from './policies.ts';
import { readCompleteness, trafficResolvers } from './traffic.ts';

/** Number of policies, sites, problems and changes in the overview. */
const MAX_ITEMS = 10;

const nothing = z.object({});

export const overviewResolvers: Pick<Resolvers, 'Query.overview'> = {
  // Each field has its own resolver, so that a failure leaves the other fields filled.
  'Query.overview': resolver({ arguments: nothing, resolve: async () => ({}) as Overview }),
};

type Parts = { [Part in keyof Overview]: Resolver<Record<string, never>, Overview[Part]> };

/**
 * The fields of the overview. Authorization is that of the overview; selections are relative to the
 * field.
 */
export const overviewParts: Parts = {
  totals: trafficResolvers['Query.trafficTotals'],

  completeness: part({ read: readCompleteness }),

  top_policies: part({
    cost: COSTS.figures.POLICIES,
    async read(call) {
      const { items } = await readFigures.POLICIES(call.context, figureMemoryOf(call));
      const one = policyResolvers['Query.policy'];
      const policies = await Promise.all(busiest(items, MAX_ITEMS).map(id => one.run({ id }, call)));
      return policies.filter(policy => policy !== null);
    },
  }),

  top_sites: part({
    cost: COSTS.figures.SITES,
    async read(call) {
      const { items } = await readFigures.SITES(call.context, figureMemoryOf(call));
      const found = await Promise.all(busiest(items, MAX_ITEMS).map(id => readSite(call.context, id)));
      return presentSites(
        found.filter(site => site !== undefined),
        call,
        '',
      );
    },
  }),

  problems: part({
    read: async call => (await alarmResolvers['Query.alarms'].run({ limit: MAX_ITEMS }, call)).items,
  }),

  running: alarmResolvers['Query.operations'],

  paths_by_status: part({
    cost: COSTS.all_paths,
    read: ({ context, caches }) => countPathsByStatus(context, caches),
  }),

  last_changes: part({
    async read({ context, caller }) {
      const looked_up = { with_undone: true, with_names: true };
      const newest = { limit: MAX_ITEMS, ...looked_up, oldest_first: false, filter: {} };
      return (await answerAuditLog(context, { ...newest, view: viewOf(caller) })).items;
    },
  }),

  counts: part({
    cost: COSTS.all_paths,
    async read(call) {
      const { context, caches } = call;
      const [sites, { edges_expected: edges }, { defined }, { paths }] = await Promise.all([
        countSites(context),
        readCompleteness(call),
        readPolicies(context),
        readNetworkPicture(context, caches),
      ]);
      return { sites, edges, policies: defined.length, paths: paths.length };
    },
  }),
};

function part<Result>({ cost = 0, read }: { cost?: number; read(call: Call): Promise<Result> }) {
  return resolver({ arguments: nothing, cost: () => cost, resolve: (_, call) => read(call) });
}

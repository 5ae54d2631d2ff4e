import { z } from 'zod';
import { presentCounts } from '../../../core/answers/present-counts.ts';
import { recordRefusal } from '../../../core/audit/record-refusal.ts';
import { siteTrafficOfDay } from '../../../core/history/site-traffic.ts';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { uuid } from '../../../core/inventory/model/parse-input.ts';
import { siteTarget } from '../../../core/inventory/model/site-events.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { deleteSites, type OnRefused } from '../../../core/inventory/removal/delete-sites.ts';
import { listDeletedSites } from '../../../core/inventory/sites/deleted-sites.ts';
import { readDependents } from '../../../core/inventory/sites/site-paths.ts';
import { policiesOnSite } from '../../../core/routing/decisions/policies-on-site.ts';
import { repeatUntil } from '../../../core/storage/retrying.ts';
import { COSTS } from '../costs.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Call, type Resolvers, resolver } from '../resolver.ts';
import { selectsOnly } from '../selection.ts';
import { validatedInCore } from '../validated-in-core.ts';

type DeletionOperation =
  | 'Query.siteDeletionPreview'
  | 'Query.deletedSites'
  | 'Mutation.deleteSite'
  | 'Mutation.deleteSites'
  | 'Mutation.restoreSite';

const target = ({ site_id }: { site_id: string }) => siteTarget(site_id);

const INVENTORY_FIELDS = ['endpoints', 'paths', 'peer_sites', 'peer_site_ids', '__typename'];

/** Maximum number of skipped paths in an answer. */
const MAX_SKIPPED = 2000;

export const deletionResolvers: Pick<Resolvers, DeletionOperation> = {
  'Query.siteDeletionPreview': resolver({
    arguments: z.object({ site_id: uuid('site_id') }),
    cost: () => COSTS.preview,
    async resolve({ site_id }, { context, caches, selection, retention }) {
      const { endpoints, paths, peer_sites } = await readDependents(context, site_id);
      const selectsBeyond = (field: string) => !selectsOnly(selection, '', [...INVENTORY_FIELDS, field]);
      const store = { ...context, table: context.tables.traffic };
      const [policies, traffic] = await Promise.all([
        selectsBeyond('traffic_24h') ? policiesOnSite(context, caches, { site_id, peer_sites }) : [],
        selectsBeyond('policies')
          ? siteTrafficOfDay(store, { site_id, now: context.clock(), retention })
          : undefined,
      ]);
      return {
        endpoints,
        paths: paths.length,
        peer_sites: peer_sites.length,
        peer_site_ids: peer_sites,
        policies,
        traffic_24h: traffic ? presentCounts(traffic) : null,
      };
    },
  }),

  'Query.deletedSites': resolver({
    arguments: z.object(pageArguments),
    resolve: (query, { context }) => listDeletedSites(context, query),
  }),

  'Mutation.deleteSite': resolver({
    arguments: validatedInCore('Mutation.deleteSite'),
    target,
    async resolve(input, { context, caller }) {
      const deletion = await deleteSite(context, caller, input);
      return { success: true, site_id: input.site_id, error_type: null, ...deletion };
    },
  }),

  'Mutation.deleteSites': resolver({
    arguments: validatedInCore('Mutation.deleteSites'),
    resolve: (input, call) =>
      deleteSites(call.context, call.caller, { input, onRefused: refusalRecorder(call) }),
  }),

  'Mutation.restoreSite': resolver({
    arguments: validatedInCore('Mutation.restoreSite'),
    target,
    async resolve(input, { context, caller }) {
      const { skipped, ...restore } = await restoreSite(context, caller, input);
      return {
        success: true,
        site_id: input.site_id,
        ...restore,
        // The restore is done, so its answer must fit, however many paths were skipped.
        skipped_paths: skipped.slice(0, MAX_SKIPPED).map(({ path }) => path.id),
        skipped: skipped.slice(0, MAX_SKIPPED).map(({ path, peer_site_id, reason }) => ({
          path_id: path.id,
          peer_site_id,
          reason,
        })),
      };
    },
  }),
};

/**
 * Logs each refused site of a batch in the audit log. Other sites may be deleted by then, so a
 * throttled database must not fail the answer.
 */
function refusalRecorder({ context, caller }: Call): OnRefused {
  return (site_id, error) =>
    repeatUntil(context, () =>
      recordRefusal(context, {
        actor: caller,
        operation: 'deleteSites',
        target: siteTarget(site_id),
        error_type: error.errorType,
        message: error.message,
        request: { site_id },
      }),
    );
}

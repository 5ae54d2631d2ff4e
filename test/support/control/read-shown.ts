import type { ApiIdentity } from '../../../functions/api/api-event.ts';
import type { ControlState } from './control-state.ts';
import type { ControlWorld } from './control-world.ts';

/** The answers of the queries, by query and arguments: the data, or the error. */
export type Shown = Map<string, unknown>;

interface Asked {
  field: string;
  args?: object;
  identity?: ApiIdentity;
  /** Default: everything. */
  selection?: string[];
}

/**
 * Runs the queries for everything that the state has ever contained: those that return most, or all
 * of them.
 */
export async function readShown(
  world: ControlWorld,
  state: ControlState,
  { all }: { all: boolean },
): Promise<Shown> {
  const asked = [...mostly(state), ...(all ? others(state) : [])];
  const answers = await Promise.all(
    asked.map(async ({ field, args = {}, ...by }) => {
      return [shownKey(field, args), await world.query(field, args, by)] as const;
    }),
  );
  return new Map(answers);
}

/** The key of an answer. */
export const shownKey = (field: string, args: object = {}): string =>
  [field, ...Object.values(args)].join(' ');

function mostly({ sites }: ControlState): Asked[] {
  const fields = ['sites', 'siteCount', 'deletedSites', 'policies', 'edges'];
  const active = sites.filter(site => site.active);
  return [
    ...fields.map(field => ({ field })),
    ...active.map(({ id }) => ({ field: 'paths', args: { site_id: id } })),
  ];
}

function others({ sites, policies, edges }: ControlState): Asked[] {
  const ids = [...policies.filter(({ defined }) => defined).map(({ id }) => id), 'default'];
  const active = sites.filter(site => site.active);
  return [
    { field: 'allPaths', args: { order_by: 'ID', limit: 1000 } },
    { field: 'pathMatrix' },
    { field: 'trafficTotals', selection: ['packets_exact', 'bytes_exact', 'active_flows'] },
    ...active.flatMap(({ id }) => [
      { field: 'site', args: { id } },
      { field: 'countSitePaths', args: { site_id: id } },
      { field: 'siteDeletionPreview', args: { site_id: id } },
      { field: 'endpointStats', args: { site_id: id } },
    ]),
    ...ids.map(id => ({ field: 'policyRouting', args: { policy_id: id } })),
    ...active.flatMap((source, index) =>
      active.slice(index + 1).map(destination => ({
        field: 'routingDecision',
        args: { policy_id: 'default', source_site_id: source.id, destination_site_id: destination.id },
      })),
    ),
    ...edges
      .filter(({ site_id }) => site_id !== null)
      .map(({ id }) => ({
        field: 'edgeRoutes',
        args: { edge_id: id },
        identity: edgeIdentity(id),
      })),
  ];
}

export const edgeIdentity = (id: string): ApiIdentity => ({
  userArn: `arn:aws:sts::123456789012:assumed-role/patronus-edge/${id}`,
  username: `AROA:${id}`,
  sourceIp: ['192.0.2.2'],
});

import type { SystemPath } from '../network-model.ts';
import type { EndpointSteps } from './endpoint-steps.ts';
import type { Call, PlanContext, Step } from './plan.ts';

/**
 * Deletions of paths, endpoints, edges, policies and sites that the file doesn't have, except
 * objects that are removed with another one.
 */
export function removalSteps(
  context: PlanContext,
  { removals: endpoints, replaced }: Pick<EndpointSteps, 'removals' | 'replaced'>,
): Step[] {
  const { file, system, matched, texts } = context;
  const isRemoved = isRemovedAnyway(context);
  const remove = (title: string, details: string[], call: Call): Step => ({
    kind: 'delete',
    title,
    details,
    calls: [call],
  });
  const stays = ['Its counters stay.'];
  return [
    ...matched.paths.left
      .filter(path => !isRemoved(path) && !replaced.has(path))
      .map(path =>
        remove(texts.systemPath(path), [], { name: 'deletePath', arguments: () => ({ path_id: path.id }) }),
      ),
    ...endpoints,
    ...matched.edges.left.map(({ id }) =>
      remove(`edge "${id}"`, stays, { name: 'retireEdge', arguments: () => ({ id }) }),
    ),
    ...(file.policies ? matched.policies.left : []).map(policy =>
      remove(texts.policy(policy), stays, {
        name: 'deletePolicy',
        arguments: () => ({ id: policy.id }),
      }),
    ),
    ...(file.sites ? matched.sites.left : []).map(site => ({
      ...remove(texts.site(site), texts.removedWithSite(site, system), {
        name: 'deleteSite',
        arguments: () => ({ site_id: site.id }),
      }),
      deletes_site: site.id,
    })),
  ];
}

/** Whether a path is removed with a site or an endpoint that the file doesn't have. */
export function isRemovedAnyway({ file, matched }: PlanContext): (path: SystemPath) => boolean {
  const sites = new Set(file.sites ? matched.sites.left.map(({ id }) => id) : []);
  const ends = new Set<string>();
  for (const [site, { left }] of matched.endpoints) {
    for (const { id } of left) ends.add(`${matched.sites.presentOf.get(site)!.id}/${id}`);
  }
  return ({ from, to }) =>
    [from, to].some(
      ({ site_id, endpoint_id }) => sites.has(site_id) || ends.has(`${site_id}/${endpoint_id}`),
    );
}

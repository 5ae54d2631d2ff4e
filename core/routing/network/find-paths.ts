import type { Path } from '../../inventory/model/site.ts';
import { readPath } from '../../inventory/paths/read-paths.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { type PolicyRouting, readEnabledRouting, requirePolicy } from '../decisions/policy-routing.ts';
import { isOut } from '../failover/path-out.ts';
import { type PathTraffic, readPathTraffic } from '../metrics/path-rates.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import { countByStatus, listPathsInOrder, type PathListQuery, type PathPage } from './list-paths.ts';
import { type NetworkPicture, readNetworkPicture } from './network-picture.ts';
import { type JudgedPath, judgePaths } from './path-health.ts';
import { type MatrixPage, pathMatrix } from './path-matrix.ts';
import { policiesByPath } from './policies-by-path.ts';
import { readPairPicture, readSitePicture } from './site-picture.ts';

export interface PathQuery extends Omit<PathListQuery, 'rates'> {
  site_id?: string | null | undefined;
  /** A path id: the paths between its two sites. */
  beside?: string | null | undefined;
  policy_id?: string | null | undefined;
  /** A policy id: the paths that this policy has left since a failover. */
  left_by?: string | null | undefined;
  /** What to add to each path that is shown. */
  with_policies: boolean;
  with_traffic: boolean;
}

/** Optional details of a path. */
export interface PathExtras {
  /** Enabled policies that choose it; undefined: not asked for. */
  policies: string[] | undefined;
  /** undefined: not asked for, or not known. */
  traffic: PathTraffic | undefined;
}

export type FoundPath = JudgedPath & PathExtras;

/**
 * Paths of the network, of one site or between two, filtered, ordered and in pages.
 *
 * @throws ValidationError for a network that is too large, or a token of another list · NotFound
 * for a site, a path or a policy that doesn't exist
 */
export async function findPaths(
  context: StoreContext,
  caches: RoutingCaches,
  { site_id, beside, policy_id, left_by, with_policies, with_traffic, ...list }: PathQuery,
): Promise<PathPage<FoundPath>> {
  const [picture, routing] = await Promise.all([
    readPicture(context, caches, { site_id, beside }),
    with_policies || policy_id ? readEnabledRouting(context) : undefined,
    policy_id ? requirePolicy(context, policy_id) : undefined,
    left_by ? requirePolicy(context, left_by) : undefined,
  ]);
  const policies =
    routing && policiesOf(picture, routing, { policy_id, with_policies, now: context.clock() });
  const wanted = policy_id
    ? picture.paths.filter(({ id }) => policies!.get(id)?.includes(policy_id))
    : picture.paths;
  const left = left_by ? { policy_id: left_by, now: context.clock() } : undefined;
  const listed = left ? wanted.filter(({ id }) => isOut(picture.states.get(id)!, left)) : wanted;
  const judged = await judgePaths(context, listed, picture);
  const all = list.order_by === 'TRAFFIC' ? await trafficOf(context, picture, judged) : undefined;
  const page = listPathsInOrder(judged, { ...list, ...(all && { rates: ratesOf(all) }) });
  const traffic = with_traffic ? (all ?? (await trafficOf(context, picture, page.items))) : undefined;
  return {
    ...page,
    items: page.items.map(found => ({
      ...found,
      policies: with_policies ? (policies!.get(found.path.id) ?? []) : undefined,
      traffic: traffic?.get(found.path.id),
    })),
  };
}

async function readPicture(
  context: StoreContext,
  caches: RoutingCaches,
  { site_id, beside }: Pick<PathQuery, 'site_id' | 'beside'>,
): Promise<NetworkPicture> {
  if (beside) return readPairPicture(context, await readPath(context, beside));
  return site_id ? readSitePicture(context, site_id) : readNetworkPicture(context, caches);
}

/**
 * The number of paths by status, in order of urgency.
 * @throws ValidationError for a network that is too large
 */
export async function countPathsByStatus(
  context: StoreContext,
  caches: RoutingCaches,
): Promise<PathPage<JudgedPath>['by_status']> {
  const picture = await readNetworkPicture(context, caches);
  return countByStatus(await judgePaths(context, picture.paths, picture));
}

/** Which sites are connected, and how. @throws ValidationError for a network that is too large */
export async function findPathMatrix(
  context: StoreContext,
  caches: RoutingCaches,
  { with_rates, ...page }: { limit: number; next_token?: string | null | undefined; with_rates: boolean },
): Promise<MatrixPage> {
  const picture = await readNetworkPicture(context, caches);
  const judged = await judgePaths(context, picture.paths, picture);
  const traffic = with_rates ? await trafficOf(context, picture, judged) : undefined;
  return pathMatrix(judged, { ...page, ...(traffic && { rates: ratesOf(traffic) }) });
}

/**
 * The policies and the traffic of some of a site's paths by path id, if they are asked for.
 */
export async function readPathExtras(
  context: StoreContext,
  {
    site_id,
    paths,
    with_policies,
    with_traffic,
  }: Pick<PathQuery, 'with_policies' | 'with_traffic'> & { site_id: string; paths: readonly Path[] },
): Promise<Map<string, PathExtras>> {
  if (!with_policies && !with_traffic) return new Map();
  const [picture, routing] = await Promise.all([
    readSitePicture(context, site_id),
    with_policies ? readEnabledRouting(context) : undefined,
  ]);
  const policies = routing && policiesByPath(picture, { routing, now: context.clock() });
  const traffic = with_traffic
    ? await readPathTraffic(context, { paths, told_by: picture.told_by })
    : undefined;
  return new Map(
    paths.map(({ id }) => [
      id,
      { policies: policies && (policies.get(id) ?? []), traffic: traffic?.get(id) },
    ]),
  );
}

function policiesOf(
  picture: NetworkPicture,
  routing: ReadonlyMap<string, PolicyRouting>,
  { policy_id, with_policies, now }: Pick<PathQuery, 'policy_id' | 'with_policies'> & { now: number },
): Map<string, string[]> {
  const one = policy_id && !with_policies ? routing.get(policy_id) : undefined;
  return policiesByPath(picture, { routing: one ? new Map([[policy_id!, one]]) : routing, now });
}

function trafficOf(
  context: StoreContext,
  { told_by }: NetworkPicture,
  judged: readonly JudgedPath[],
): Promise<Map<string, PathTraffic>> {
  return readPathTraffic(context, { paths: judged.map(({ path }) => path), told_by });
}

/** The sum of both directions, of the paths with a known rate. */
function ratesOf(traffic: ReadonlyMap<string, PathTraffic>): Map<string, number> {
  return new Map(
    [...traffic].flatMap(([id, { rate }]) =>
      rate ? [[id, rate.tx_bits_per_second + rate.rx_bits_per_second] as const] : [],
    ),
  );
}

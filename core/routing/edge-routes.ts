import { type RouteVersions, readRouteVersion } from '../commands/route-versions.ts';
import { readEdgeItem } from '../inventory/edges/read-edges.ts';
import type { Endpoint, Path } from '../inventory/model/site.ts';
import { makePageToken, readPageToken } from '../storage/page-token.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { makeDecision } from './choice/routing-decision.ts';
import { enabledRouting } from './decisions/policy-routing.ts';
import { candidatesFor } from './decisions/read-candidates.ts';
import type { EdgeMemory } from './edge-memory.ts';
import { readManyPathStates } from './failover/path-states-store.ts';
import { FRESH_MS } from './metrics/current-metrics.ts';
import { readManyMetrics } from './metrics/many-metrics.ts';
import { endpointOf, priced } from './path-costs.ts';
import { type Neighbour, readNeighbourhood } from './read-neighbourhood.ts';

/** The paths and routes of an edge to one peer of its site. */
export interface EdgeRoutes {
  destination_site_id: string;
  paths: EdgePath[];
  /** The path that each enabled policy uses; null: no path can carry its traffic. */
  routes: { policy_id: string; path_id: string | null }[];
}

/**
 * A path as seen from the edge at one of its ends. Addresses are those of the inventory, empty if
 * it has none.
 */
export interface EdgePath {
  path_id: string;
  endpoint_id: string;
  address: string;
  peer_endpoint_id: string;
  peer_address: string;
}

/**
 * A page of an edge's routes. The versions are those of the state that was read or earlier ones;
 * null if the edge isn't in service.
 */
export interface EdgeRoutesPage extends Record<keyof RouteVersions, number | null> {
  /** null: the edge isn't in service. */
  site_id: string | null;
  items: EdgeRoutes[];
  next_token: string | null;
}

export interface EdgeRoutesRequest {
  edge_id: string;
  limit: number;
  next_token?: string | null | undefined;
  /** The answer is at least as new as these versions. Without them nothing is taken from memory. */
  at_least?: { policies_version: number; routing_version: number } | undefined;
}

const TOKEN_KIND = 'edgeRoutes';

const NOTHING: EdgeRoutesPage = {
  site_id: null,
  paths_version: null,
  routing_version: null,
  items: [],
  next_token: null,
};

/**
 * A page of the peers of an edge's site in the order of their ids: the paths to each, and which of
 * them the policies use now.
 *
 * @throws ValidationError for a token of another list
 */
export async function readEdgeRoutes(
  context: StoreContext,
  memory: EdgeMemory,
  { edge_id, limit, next_token, at_least }: EdgeRoutesRequest,
): Promise<EdgeRoutesPage> {
  const after = readPageToken(TOKEN_KIND, next_token, [/^[0-9a-f-]{36}$/])?.[0];
  const edge = await readEdgeItem(context, edge_id);
  if (!edge || edge.retired_at !== null) return NOTHING;
  const { site_id } = edge;
  const [paths_version, { version: routing_version, by_policy }, { defined }] = await Promise.all([
    readRouteVersion(context, site_id),
    memory.routing.read(context, at_least?.routing_version),
    memory.policies.read(context, at_least?.policies_version),
  ]);
  const routing = enabledRouting(defined, by_policy);
  const { neighbours, endpoints, next } = await readNeighbourhood(context, {
    site_id,
    after,
    limit: Math.min(limit, peersThatFit(routing.size)),
  });
  const ids = neighbours.flatMap(({ paths }) => paths.map(({ id }) => id));
  // Without the cache: an edge asks once an hour, and to write an entry for it costs more than to
  // read the items.
  const [states, { metrics }] = await Promise.all([
    readManyPathStates(context, ids),
    readManyMetrics(context, ids, { lanes_after_ms: FRESH_MS }),
  ]);
  const stateOf = new Map(states.map(one => [one.path_id, one]));
  const now = context.clock();
  const items = neighbours.map(({ peer_site_id, paths }: Neighbour): EdgeRoutes => {
    const pair = { paths: paths.map(path => priced(path, endpoints)), metrics, states: stateOf };
    return {
      destination_site_id: peer_site_id,
      paths: paths.map(path => edgePath(path, { site_id, endpoints })),
      routes: Array.from(routing, ([policy_id, { preference }]) => ({
        policy_id,
        path_id: makeDecision(candidatesFor(pair, { policy_id, now }), { preference, now }).selected_path_id,
      })),
    };
  });
  return {
    site_id,
    paths_version,
    routing_version,
    items,
    next_token: next === undefined ? null : makePageToken(TOKEN_KIND, [next]),
  };
}

/**
 * Upper limit of the routes in an answer: AppSync and Lambda allow a few MB, and a route has a
 * hundred bytes.
 */
const MAX_ROUTES = 20_000;

/** How many peers an answer can hold with this number of policies; at least one. */
export function peersThatFit(policies: number): number {
  return Math.max(1, Math.floor(MAX_ROUTES / policies));
}

function edgePath(
  path: Path,
  { site_id, endpoints }: { site_id: string; endpoints: ReadonlyMap<string, Endpoint> },
): EdgePath {
  const source = { site_id: path.source_site_id, endpoint_id: path.source_endpoint_id };
  const destination = { site_id: path.destination_site_id, endpoint_id: path.destination_endpoint_id };
  const [own, peer] = path.source_site_id === site_id ? [source, destination] : [destination, source];
  return {
    path_id: path.id,
    endpoint_id: own.endpoint_id,
    address: endpointOf(endpoints, own)?.address ?? '',
    peer_endpoint_id: peer.endpoint_id,
    peer_address: endpointOf(endpoints, peer)?.address ?? '',
  };
}

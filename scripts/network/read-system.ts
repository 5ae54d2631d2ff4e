import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { DEFAULT_POLICY_ID } from '../../core/policy/policy.ts';
import type { Routing, SystemNetwork, SystemPath, SystemSite } from './network-model.ts';

const PAGE = 100;
/** The number of concurrent queries. */
const AT_A_TIME = 4;

const paged = (field: string, selection: string, { declared = '', passed = '' } = {}) =>
  `query ($limit: Int, $next_token: String${declared}) {
    answer: ${field}(limit: $limit, next_token: $next_token${passed}) { items { ${selection} } next_token } }`;

const POLICIES = paged(
  'policies',
  `id name priority enabled defined built_in
   match { source_cidr destination_cidr source_port destination_port_from destination_port_to protocol application }`,
  { passed: ', defined_only: true' },
);
const SITES = paged(
  'sites',
  'id name location public_key endpoints { id address interface_type cost_per_gb reachable }',
);
const PATHS = paged(
  'paths',
  'id source_site_id source_endpoint_id destination_site_id destination_endpoint_id wg_interface',
  { declared: ', $site_id: ID!', passed: ', site_id: $site_id' },
);
const EDGES = paged('edges', 'id site_id registered retired_at interval_s');
const ROUTING = `query ($policy_id: ID!) {
  answer: policyRouting(policy_id: $policy_id) {
    preference weights { latency jitter loss bandwidth cost } failover_below failback_above failback_hold_seconds
  } }`;

type PolicyRow = Omit<SystemNetwork['policies'][number], 'routing'> & { defined: boolean; built_in: boolean };
type PathRow = Record<
  'id' | 'source_site_id' | 'source_endpoint_id' | 'destination_site_id' | 'destination_endpoint_id',
  string
> & { wg_interface: string | null };
type EdgeRow = {
  id: string;
  site_id: string | null;
  registered: boolean;
  retired_at: string | null;
  interval_s: number | null;
};

/**
 * Reads the network of a system through its API. `onProgress` receives the share that is read, 0 to
 * 1.
 * @throws EdgeError
 */
export async function readSystem(
  graphql: GraphqlClient,
  onProgress: (share: number) => void = () => {},
): Promise<SystemNetwork> {
  const [policies, sites, edges] = await Promise.all([
    readAll<PolicyRow>(graphql, POLICIES),
    readAll<SystemSite>(graphql, SITES),
    readAll<EdgeRow>(graphql, EDGES),
  ]);
  const defined = policies.filter(policy => policy.defined && !policy.built_in);
  let done = 0;
  const step = () => onProgress(++done / (defined.length + 1 + sites.length));
  const routings = await inTurns([...defined.map(({ id }) => id), DEFAULT_POLICY_ID], async policy_id => {
    const routing = (await ask(graphql, ROUTING, { policy_id })) as Routing;
    step();
    return routing;
  });
  const pathsOfSites = await inTurns(sites, async ({ id }) => {
    const paths = await readAll<PathRow>(graphql, PATHS, { site_id: id });
    step();
    return paths;
  });
  return {
    policies: defined.map(({ id, name, priority, enabled, match }, index) => ({
      ...{ id, name, priority, enabled },
      match: withoutNulls(match),
      routing: routings[index]!,
    })),
    default_routing: routings.at(-1)!,
    sites,
    paths: pathsInOrder(pathsOfSites.flat(), sites),
    edges: edges
      .filter(({ registered, retired_at }) => registered && retired_at === null)
      .map(({ id, site_id, interval_s }) => ({ id, site_id, interval_s: interval_s! })),
  };
}

/** Each path once (both its sites list it), by the order of its ends' sites and the ends' ids. */
function pathsInOrder(rows: readonly PathRow[], sites: readonly SystemSite[]): SystemPath[] {
  const place = new Map(sites.map(({ id }, index) => [id, index]));
  const once = new Map(rows.map(row => [row.id, row]));
  const order = (path: PathRow) =>
    [
      String(place.get(path.source_site_id) ?? -1).padStart(9, '0'),
      path.source_endpoint_id,
      String(place.get(path.destination_site_id) ?? -1).padStart(9, '0'),
      path.destination_endpoint_id,
      path.wg_interface ?? '',
      path.id,
    ].join('\u0000');
  return [...once.values()]
    .map(path => ({ path, key: order(path) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ path }) => ({
      id: path.id,
      from: { site_id: path.source_site_id, endpoint_id: path.source_endpoint_id },
      to: { site_id: path.destination_site_id, endpoint_id: path.destination_endpoint_id },
      wg_interface: path.wg_interface,
    }));
}

async function readAll<Row>(
  graphql: GraphqlClient,
  document: string,
  variables: Record<string, unknown> = {},
): Promise<Row[]> {
  const rows: Row[] = [];
  let next_token: string | null = null;
  do {
    const page = (await ask(graphql, document, { ...variables, limit: PAGE, next_token })) as {
      items: Row[];
      next_token: string | null;
    };
    rows.push(...page.items);
    next_token = page.next_token;
  } while (next_token !== null);
  return rows;
}

async function ask(
  graphql: GraphqlClient,
  document: string,
  variables: Record<string, unknown>,
): Promise<unknown> {
  return ((await graphql.query(document, variables)) as { answer: unknown }).answer;
}

/** The results in the order of the items. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (const [index, item] of waiting) results[index] = await work(item);
    }),
  );
  return results;
}

function withoutNulls(match: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(match).filter(([, value]) => value !== null));
}

import { DEMO_POLICIES } from './demo-policies.ts';
import { DEMO_SITES, type DemoSite } from './demo-sites.ts';
import type { GraphqlClient } from './graphql-client.ts';

/** An edge of the demo where it stands. */
export interface DemoEdge {
  edge_id: string;
  site_id: string;
  endpoint_ids: string[];
}

/** Enters policies, sites, paths and edges. What is there already, from an earlier run of kept data, stays as it is. */
export async function seedDemo(call: GraphqlClient): Promise<DemoEdge[]> {
  const { policies } = await call<{ policies: { items: { built_in: boolean }[] } }>(POLICIES);
  if (policies.items.every(({ built_in }) => built_in)) {
    for (const policy of DEMO_POLICIES) await call(CREATE_POLICY, { ...policy });
  }
  const { edges } = await call<{ edges: { items: { id: string; site_id: string; registered: boolean }[] } }>(
    EDGES,
  );
  const registered = new Map(
    edges.items.filter(edge => edge.registered).map(({ id, site_id }) => [id, site_id]),
  );
  const made: { site_id: string; site: DemoSite }[] = [];
  const all: DemoEdge[] = [];
  for (const site of DEMO_SITES) {
    const known = registered.get(site.edge_id);
    const site_id = known ?? (await makeSite(call, site));
    all.push({ edge_id: site.edge_id, site_id, endpoint_ids: site.endpoints.map(one => one.endpoint_id) });
    if (known) continue;
    for (const other of made) await makePaths(call, [other, { site_id, site }]);
    made.push({ site_id, site });
    await call(REGISTER_EDGE, { id: site.edge_id, site_id });
  }
  return all;
}

async function makeSite(call: GraphqlClient, { name, location, endpoints }: DemoSite): Promise<string> {
  const { createSite } = await call<{ createSite: { id: string } }>(CREATE_SITE, { name, location });
  const site_id = createSite.id;
  for (const endpoint of endpoints) await call(ADD_ENDPOINT, { site_id, ...endpoint });
  return site_id;
}

async function makePaths(
  call: GraphqlClient,
  [source, destination]: [{ site_id: string; site: DemoSite }, { site_id: string; site: DemoSite }],
): Promise<void> {
  for (const { endpoint_id } of source.site.endpoints) {
    await call(CREATE_PATH, {
      source_site_id: source.site_id,
      destination_site_id: destination.site_id,
      endpoint_id,
    });
  }
}

const POLICIES = '{ policies(limit: 100, defined_only: true) { items { built_in } } }';
const CREATE_POLICY = `mutation ($name: String!, $priority: Int!, $match: PolicyMatchInput) {
  createPolicy(name: $name, priority: $priority, match: $match) { id }
}`;
const EDGES = '{ edges(limit: 100) { items { id site_id registered } } }';
const REGISTER_EDGE =
  'mutation ($id: ID!, $site_id: ID!) { registerEdge(id: $id, site_id: $site_id) { id } }';
const CREATE_SITE =
  'mutation ($name: String!, $location: String) { createSite(name: $name, location: $location) { id } }';
const ADD_ENDPOINT = `mutation (
  $site_id: ID!, $endpoint_id: ID!, $address: String!, $interface_type: InterfaceType!, $cost_per_gb: Float
) {
  addEndpoint(
    site_id: $site_id, endpoint_id: $endpoint_id, address: $address, interface_type: $interface_type, cost_per_gb: $cost_per_gb
  ) { id }
}`;
const CREATE_PATH = `mutation ($source_site_id: ID!, $destination_site_id: ID!, $endpoint_id: ID!) {
  createPath(
    source_site_id: $source_site_id, source_endpoint_id: $endpoint_id,
    destination_site_id: $destination_site_id, destination_endpoint_id: $endpoint_id
  ) { id }
}`;

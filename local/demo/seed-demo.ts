import { DEMO_POLICIES, type DemoPolicy } from './demo-policies.ts';
import { type DemoSite, HUBS, peersOf } from './demo-sites.ts';
import type { GraphqlClient } from './graphql-client.ts';

/** An edge of the demo with its site. */
export interface DemoEdge {
  edge_id: string;
  site_id: string;
  endpoint_ids: string[];
  flows: number;
  /** Numbers of the sites that it sends to. */
  peers: number[];
}

/** The parts of the network that exist already. */
interface Known {
  /** Sites of registered edges. */
  edges: Map<string, string>;
  /** By name: the ids of sites and of their endpoints. */
  sites: Map<string, { id: string; endpoints: Set<string> }>;
}

/**
 * Creates the demo's network, site by site. A site's edge is registered after the rest of the site.
 * So the next start completes an interrupted site, and later changes by people are kept.
 */
export class DemoSeed {
  readonly #call: GraphqlClient;
  readonly #known: Known;

  private constructor(call: GraphqlClient, known: Known) {
    this.#call = call;
    this.#known = known;
  }

  /** Reads the existing network. */
  static async read(call: GraphqlClient): Promise<DemoSeed> {
    const [{ edges }, { sites }] = await Promise.all([call<EdgesPage>(EDGES), call<SitesPage>(SITES)]);
    const registered = edges.items.filter(edge => edge.registered);
    return new DemoSeed(call, {
      edges: new Map(registered.map(({ id, site_id }) => [id, site_id])),
      sites: new Map(
        sites.items.map(({ id, name, endpoints }) => [
          name,
          { id, endpoints: new Set(endpoints.map(endpoint => endpoint.id)) },
        ]),
      ),
    });
  }

  /**
   * Creates missing policies, but only while no edge is registered: later, people own the policies.
   */
  async policies(): Promise<void> {
    if (this.#known.edges.size > 0) return;
    const { policies } = await this.#call<PoliciesPage>(POLICIES);
    const given = new Map(policies.items.filter(one => !one.built_in).map(({ name, id }) => [name, id]));
    const own = DEMO_POLICIES.filter(({ name }) => given.has(name));
    if (own.length < given.size) return;
    for (const policy of DEMO_POLICIES) await this.#policy(policy, given.get(policy.name));
  }

  /** Creates a site with its endpoints, its paths to the existing hubs, and its edge. */
  async site(site: DemoSite): Promise<DemoEdge> {
    const { edge_id, flows } = site;
    const endpoint_ids = site.endpoints.map(endpoint => endpoint.endpoint_id);
    const site_id = this.#known.edges.get(edge_id) ?? (await this.#newSite(site));
    return { edge_id, site_id, endpoint_ids, flows, peers: peersOf(site) };
  }

  async #policy({ prefers, ...policy }: DemoPolicy, known: string | undefined): Promise<void> {
    const policy_id = known ?? (await this.#createPolicy(policy));
    if (prefers) await this.#call(SET_ROUTING, { policy_id, preference: prefers });
  }

  async #createPolicy(policy: Omit<DemoPolicy, 'prefers'>): Promise<string> {
    return (await this.#call<{ createPolicy: { id: string } }>(CREATE_POLICY, { ...policy })).createPolicy.id;
  }

  async #newSite(site: DemoSite): Promise<string> {
    const { name, location, latitude, longitude, edge_id } = site;
    const found = this.#known.sites.get(name);
    const known = found ?? {
      id: await this.#createSite({ name, location, latitude, longitude }),
      endpoints: new Set(),
    };
    const site_id = known.id;
    this.#known.sites.set(name, known);
    for (const endpoint of site.endpoints) {
      if (known.endpoints.has(endpoint.endpoint_id)) continue;
      await this.#call(ADD_ENDPOINT, { site_id, ...endpoint });
      known.endpoints.add(endpoint.endpoint_id);
    }
    const joined = found ? await this.#joined(site_id) : new Set<string>();
    for (const hub of HUBS) {
      const hub_id = this.#known.edges.get(hub.edge_id);
      if (hub_id !== undefined) await this.#join({ site_id, hub_id, site, joined });
    }
    await this.#call(REGISTER_EDGE, { id: edge_id, site_id });
    this.#known.edges.set(edge_id, site_id);
    return site_id;
  }

  async #createSite(site: Pick<DemoSite, 'name' | 'location' | 'latitude' | 'longitude'>): Promise<string> {
    return (await this.#call<{ createSite: { id: string } }>(CREATE_SITE, site)).createSite.id;
  }

  /** The paths of a site by {@link nameOf}. */
  async #joined(site_id: string): Promise<Set<string>> {
    const { paths } = await this.#call<PathsPage>(PATHS, { site_id });
    return new Set(
      paths.items.map(path =>
        nameOf({ hub_id: path.destination_site_id, endpoint_id: path.source_endpoint_id }),
      ),
    );
  }

  /** Connects each line of the site with the hub's line of the same number. */
  async #join({
    site_id,
    hub_id,
    site,
    joined,
  }: {
    site_id: string;
    hub_id: string;
    site: DemoSite;
    joined: ReadonlySet<string>;
  }): Promise<void> {
    for (const { endpoint_id } of site.endpoints) {
      if (joined.has(nameOf({ hub_id, endpoint_id }))) continue;
      await this.#call(CREATE_PATH, { source_site_id: site_id, destination_site_id: hub_id, endpoint_id });
    }
  }
}

const nameOf = ({ hub_id, endpoint_id }: { hub_id: string; endpoint_id: string }) =>
  `${hub_id} ${endpoint_id}`;

interface PoliciesPage {
  policies: { items: { id: string; name: string; built_in: boolean }[] };
}

interface EdgesPage {
  edges: { items: { id: string; site_id: string; registered: boolean }[] };
}

interface SitesPage {
  sites: { items: { id: string; name: string; endpoints: { id: string }[] }[] };
}

interface PathsPage {
  paths: { items: { source_endpoint_id: string; destination_site_id: string }[] };
}

const POLICIES = '{ policies(limit: 100, defined_only: true) { items { id name built_in } } }';
const CREATE_POLICY = `mutation ($name: String!, $priority: Int!, $match: PolicyMatchInput) {
  createPolicy(name: $name, priority: $priority, match: $match) { id }
}`;
const SET_ROUTING = `mutation ($policy_id: ID!, $preference: PathPreference!) {
  setPolicyRouting(policy_id: $policy_id, preference: $preference) { preference }
}`;
const EDGES = '{ edges(limit: 100) { items { id site_id registered } } }';
const SITES = '{ sites(limit: 100) { items { id name endpoints { id } } } }';
const PATHS = `query ($site_id: ID!) {
  paths(site_id: $site_id, limit: 100) { items { source_endpoint_id destination_site_id } }
}`;
const REGISTER_EDGE =
  'mutation ($id: ID!, $site_id: ID!) { registerEdge(id: $id, site_id: $site_id) { id } }';
const CREATE_SITE = `mutation ($name: String!, $location: String, $latitude: Float, $longitude: Float) {
  createSite(name: $name, location: $location, latitude: $latitude, longitude: $longitude) { id }
}`;
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

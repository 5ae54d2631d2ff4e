import { DEFAULT_ROUTING, type Routing, type SystemNetwork, type SystemPath } from './network-model.ts';
import { FILE_VERSION } from './network-schema.ts';

/** An entry of a file, key by key in its order. */
export type Entry = Record<string, unknown>;

/** A system's network as the content of a file, without default values. */
export interface FileContent extends Entry {
  version: number;
  policies: Entry[];
  default_routing: Entry;
  sites: (Entry & { endpoints: Entry[] })[];
  paths: Entry[];
  edges: Entry[];
}

export function fileContent(system: SystemNetwork): FileContent {
  const nameOf = siteNames(system);
  const ends = pathEnds(system);
  const twice = Map.groupBy(system.paths, path => ends(path).join());
  return {
    version: FILE_VERSION,
    policies: system.policies.map(({ id, name, priority, enabled, match, routing }) =>
      withoutUndefined({
        ...{ id, name, priority, enabled },
        match: Object.keys(match).length > 0 ? match : undefined,
        routing: routingEntry(routing),
      }),
    ),
    default_routing: wholeRouting(system.default_routing),
    sites: system.sites.map(({ id, name, location, public_key, endpoints }) => ({
      ...withoutUndefined({ id, name, location: location ?? undefined, public_key: public_key ?? undefined }),
      endpoints: endpoints.map(endpoint =>
        withoutUndefined({
          id: endpoint.id,
          address: endpoint.address,
          interface_type: endpoint.interface_type,
          cost_per_gb: endpoint.cost_per_gb || undefined,
          reachable: endpoint.reachable ?? undefined,
        }),
      ),
    })),
    paths: system.paths.map(path => {
      const [from, to] = ends(path);
      return withoutUndefined({
        // Ends that two paths share do not identify a path.
        id: twice.get([from, to].join())!.length > 1 ? path.id : undefined,
        ...{ from, to },
        wg_interface: path.wg_interface ?? undefined,
      });
    }),
    edges: system.edges.map(({ id, site_id, interval_s }) => ({
      id,
      site: nameOf(site_id ?? ''),
      interval_s,
    })),
  };
}

/** A site's name, or its id if the name is not unique or looks like an id. */
export function siteNames({ sites }: Pick<SystemNetwork, 'sites'>): (id: string) => string {
  const ids = new Set(sites.map(({ id }) => id));
  const byName = Map.groupBy(sites, ({ name }) => name);
  const names = new Map(
    sites.map(({ id, name }) => [
      id,
      byName.get(name)!.length > 1 || ids.has(name.toLowerCase()) ? id : name,
    ]),
  );
  return id => names.get(id) ?? id;
}

/** Both ends of a path as a file names them. */
export function pathEnds(system: Pick<SystemNetwork, 'sites'>): (path: SystemPath) => [string, string] {
  const nameOf = siteNames(system);
  const end = ({ site_id, endpoint_id }: SystemPath['from']) => `${nameOf(site_id)}/${endpoint_id}`;
  return ({ from, to }) => [end(from), end(to)];
}

/** The values that differ from the defaults; undefined: none. */
function routingEntry(routing: Routing): Entry | undefined {
  const entry = Object.fromEntries(
    Object.entries(wholeRouting(routing)).filter(
      ([key, value]) => value !== DEFAULT_ROUTING[key as keyof Routing],
    ),
  );
  return Object.keys(entry).length > 0 ? entry : undefined;
}

function wholeRouting({ weights, ...routing }: Routing): Entry {
  const { preference, ...failover } = routing;
  const given = weights && Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight > 0));
  return { preference, ...(given && { weights: given }), ...failover };
}

function withoutUndefined(entry: Entry): Entry {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

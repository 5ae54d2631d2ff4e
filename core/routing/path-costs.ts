import type { Endpoint, Path } from '../inventory/model/site.ts';

/** A path with its cost per gigabyte, the sum of both ends. */
export interface PricedPath extends Path {
  cost_per_gb: number;
}

/** Endpoints by site and id. */
export function endpointIndex(endpoints: readonly Endpoint[]): Map<string, Endpoint> {
  return new Map(endpoints.map(endpoint => [endpointName(endpoint.site_id, endpoint.id), endpoint]));
}

export function endpointOf(
  endpoints: ReadonlyMap<string, Endpoint>,
  { site_id, endpoint_id }: { site_id: string; endpoint_id: string },
): Endpoint | undefined {
  return endpoints.get(endpointName(site_id, endpoint_id));
}

/** Adds the cost of a path: its traffic is paid for at both of its ends. */
export function priced(path: Path, endpoints: ReadonlyMap<string, Endpoint>): PricedPath {
  const { source_site_id, source_endpoint_id, destination_site_id, destination_endpoint_id } = path;
  const ends = [
    { site_id: source_site_id, endpoint_id: source_endpoint_id },
    { site_id: destination_site_id, endpoint_id: destination_endpoint_id },
  ];
  const costs = ends.map(end => endpointOf(endpoints, end)?.cost_per_gb ?? 0);
  return { ...path, cost_per_gb: costs.reduce((sum, cost) => sum + cost, 0) };
}

/** The name of an endpoint in indexes: unique over all sites. */
export const endpointName = (siteId: string, endpointId: string) => JSON.stringify([siteId, endpointId]);

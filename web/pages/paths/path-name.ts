export interface PathEnds {
  source_site_id: string;
  source_endpoint_id: string;
  destination_site_id: string;
  destination_endpoint_id: string;
}

/** Names of sites by their ids. */
export type SiteNames = ReadonlyMap<string, string>;

export function siteNames(sites: readonly { id: string; name: string }[]): SiteNames {
  return new Map(sites.map(({ id, name }) => [id, name]));
}

/** «Berlin wan1 – Bonn wan2». */
export function pathName(path: PathEnds, names: SiteNames): string {
  const { source_site_id, source_endpoint_id, destination_site_id, destination_endpoint_id } = path;
  const source = `${names.get(source_site_id) ?? source_site_id} ${source_endpoint_id}`;
  return `${source} – ${names.get(destination_site_id) ?? destination_site_id} ${destination_endpoint_id}`;
}

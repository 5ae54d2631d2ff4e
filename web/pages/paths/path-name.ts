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

/** "Berlin wan1 – Bonn wan2". */
export function pathName(path: PathEnds, names: SiteNames): string {
  const { source_site_id, source_endpoint_id, destination_site_id, destination_endpoint_id } = path;
  const source = `${names.get(source_site_id) ?? source_site_id} ${source_endpoint_id}`;
  return `${source} – ${names.get(destination_site_id) ?? destination_site_id} ${destination_endpoint_id}`;
}

/** Names of paths by their ids. */
export function pathNames(
  paths: readonly (PathEnds & { id: string })[],
  names: SiteNames,
): ReadonlyMap<string, string> {
  return new Map(paths.map(path => [path.id, pathName(path, names)]));
}

const PATH_ID = /[0-9a-f-]{36}\.[0-9a-f]{16}/g;

/** A text of the API with the known names of paths instead of their ids. */
export function withPathNames(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(PATH_ID, id => names.get(id) ?? id);
}

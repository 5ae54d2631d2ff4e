import type { Path } from '../../inventory/model/site.ts';

type Ends = Pick<Path, 'source_site_id' | 'destination_site_id'>;

/** The two sites of a path in the order of their ids, so the same for both directions. */
export function sitesOf({ source_site_id, destination_site_id }: Ends): [string, string] {
  return source_site_id < destination_site_id
    ? [source_site_id, destination_site_id]
    : [destination_site_id, source_site_id];
}

/** The name of the pair of a path's sites, the same for both directions. */
export const pairOf = (path: Ends): string => sitesOf(path).join(' ');

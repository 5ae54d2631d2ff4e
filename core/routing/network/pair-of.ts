import type { Path } from '../../inventory/model/site.ts';

type Ends = Pick<Path, 'source_site_id' | 'destination_site_id'>;

/** The two sites of a path, the lower id first: the same for both directions. */
export function sitesOf({ source_site_id, destination_site_id }: Ends): [string, string] {
  return source_site_id < destination_site_id
    ? [source_site_id, destination_site_id]
    : [destination_site_id, source_site_id];
}

/** Names a pair of sites, whichever of them is the source. */
export const pairOf = (path: Ends): string => sitesOf(path).join(' ');

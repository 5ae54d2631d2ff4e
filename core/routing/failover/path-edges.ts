import type { RegisteredEdge } from '../../inventory/edges/edge-items.ts';
import { readEdgesOfSites } from '../../inventory/edges/site-edges.ts';
import type { Path } from '../../inventory/model/site.ts';
import type { StoreContext } from '../../storage/store-context.ts';

/** The edges in service at both ends of a path. */
export async function readEdgesOf(
  context: StoreContext,
  path: Pick<Path, 'source_site_id' | 'destination_site_id'>,
): Promise<RegisteredEdge[]> {
  const sites = [path.source_site_id, path.destination_site_id];
  return readEdgesOfSites(context, sites);
}

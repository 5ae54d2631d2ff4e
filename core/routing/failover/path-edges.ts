import type { RegisteredEdge } from '../../inventory/edges/edge-items.ts';
import { readExpectedEdges } from '../../inventory/edges/read-edges.ts';
import type { Path } from '../../inventory/model/site.ts';
import type { StoreContext } from '../../storage/store-context.ts';

/** The edges in service at both ends of a path. */
export async function readEdgesOf(
  context: StoreContext,
  path: Pick<Path, 'source_site_id' | 'destination_site_id'>,
): Promise<RegisteredEdge[]> {
  const sites = [path.source_site_id, path.destination_site_id];
  return (await readExpectedEdges(context)).filter(edge => sites.includes(edge.site_id));
}

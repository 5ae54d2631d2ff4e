import type { StreamChange } from '../events/stream-change.ts';
import { EDGE_PARTITION, edgeFromItem, edgeItemSchema } from '../inventory/edges/edge-items.ts';
import { readEdgesOfSite } from '../inventory/edges/site-edges.ts';
import { parseItem } from '../storage/parse-item.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { COMMAND_PREFIX, toPending } from './command-store.ts';
import type { PendingCommand } from './edge-command.ts';
import { handedOut } from './handed-out.ts';
import { ALL_SITES, readRouteVersion, routeVersionOf } from './route-versions.ts';

/**
 * The commands that a change of the Network table publishes to listening edges, each on its own
 * channel: a new command; a hint to the edges of a site whose version was raised; a hint to an edge
 * that begins its service at a site.
 */
export async function commandsOf(change: StreamChange, context: StoreContext): Promise<PendingCommand[]> {
  const { pk, after } = change;
  if (!after) return [];
  if (pk.startsWith(COMMAND_PREFIX)) {
    const command = handedOut(toPending(after), context.clock());
    return command ? [command] : [];
  }
  if (pk === EDGE_PARTITION) return newcomerHint(change, context);
  const raised = routeVersionOf(change);
  if (!raised || raised.site_id === ALL_SITES) return [];
  const { site_id, version: paths_version } = raised;
  const edges = await readEdgesOfSite(context, site_id);
  return edges.map(({ id }) => pathsHint(change, { edge_id: id, site_id, paths_version }));
}

/** The hint to an edge that is in service at another site than before, and so has other paths. */
async function newcomerHint(change: StreamChange, context: StoreContext): Promise<PendingCommand[]> {
  const edge = edgeFromItem(parseItem(edgeItemSchema, change.after!));
  const before = change.before && edgeFromItem(parseItem(edgeItemSchema, change.before));
  const { id: edge_id, site_id, retired_at } = edge;
  if (retired_at !== null) return [];
  if (before && before.retired_at === null && before.site_id === site_id) return [];
  const paths_version = await readRouteVersion(context, site_id);
  return [pathsHint(change, { edge_id, site_id, paths_version })];
}

function pathsHint(
  { at_ms }: StreamChange,
  { edge_id, site_id, paths_version }: { edge_id: string; site_id: string; paths_version: number },
): PendingCommand {
  return {
    id: `paths-${site_id}-${paths_version}`,
    edge_id,
    type: 'PATHS',
    data: { site_id, paths_version },
    created_at: new Date(at_ms).toISOString(),
  };
}

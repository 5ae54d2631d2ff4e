import { commandAction } from '../../commands/command-store.ts';
import type { RegisteredEdge } from '../../inventory/edges/edge-items.ts';
import { readExpectedEdges } from '../../inventory/edges/read-edges.ts';
import { type Path, peerOf } from '../../inventory/model/site.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import type { RoutingDecision } from '../choice/routing-decision.ts';

/** The edges in service at both ends of a path. */
export async function readEdgesOf(context: StoreContext, path: Path): Promise<RegisteredEdge[]> {
  const sites = [path.source_site_id, path.destination_site_id];
  return (await readExpectedEdges(context)).filter(edge => sites.includes(edge.site_id));
}

/** The commands to every edge at both ends of a path: which paths to use from now on. */
export function routeCommands(
  context: StoreContext,
  {
    path,
    edges,
    decisions,
  }: { path: Path; edges: readonly RegisteredEdge[]; decisions: Map<string, RoutingDecision> },
): WriteAction[] {
  const routes = [...decisions].map(([policy_id, { selected_path_id }]) => ({
    policy_id,
    path_id: selected_path_id,
  }));
  return edges.map(edge => {
    const destination_site_id = peerOf(path, edge.site_id);
    const command = { type: 'ROUTES', data: { destination_site_id, routes } } as const;
    return commandAction(context, edge.id, command).action;
  });
}

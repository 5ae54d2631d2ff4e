import type { RegisteredEdge } from '../network/edge-items.ts';
import type { NetworkContext } from '../network/network-context.ts';
import type { Path } from '../network/site.ts';
import type { Lane } from '../traffic/lane.ts';
import { lanePathTotals, laneTotals } from '../traffic/lane.ts';
import { readLanesOfEdge } from '../traffic/read-lanes.ts';

/** An edge's lanes, with the site that it stands at. */
export interface EdgeLanes {
  site_id: string;
  lanes: Lane[];
}

export function readLanesOf(
  { client, tables }: NetworkContext,
  edges: readonly RegisteredEdge[],
): Promise<EdgeLanes[]> {
  return Promise.all(
    edges.map(async ({ id, site_id }) => ({ site_id, lanes: await readLanesOfEdge(client, tables, id) })),
  );
}

/** What goes over a path, by the last reports of the edges at its ends. */
export function trafficOn(
  path: Path,
  { lanes, policies }: { lanes: readonly EdgeLanes[]; policies: readonly string[] },
): { flows_moved: number; bytes_carried: string } {
  let flows = 0;
  let bytes = 0n;
  for (const { site_id, lanes: edgeLanes } of lanes) {
    const endpoint = site_id === path.source_site_id ? path.source_endpoint_id : path.destination_endpoint_id;
    for (const lane of edgeLanes) {
      for (const pair of laneTotals(lane)) {
        if (pair.endpoint_id === endpoint && policies.includes(pair.policy_id)) flows += pair.active_flows;
      }
      // Each end counts what it sent: what one received is what the other sent.
      for (const sum of lanePathTotals(lane)) if (sum.path_id === path.id) bytes += sum.tx_bytes;
    }
  }
  return { flows_moved: flows, bytes_carried: String(bytes) };
}

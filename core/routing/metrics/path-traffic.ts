import { readLaneSamples } from '../../history/lane-sample.ts';
import { readLastMark } from '../../history/sample-store.ts';
import type { RegisteredEdge } from '../../inventory/edges/edge-items.ts';
import type { Path } from '../../inventory/model/site.ts';
import type { Lane } from '../../ledger/lane/lane.ts';
import { lanePathTotals, laneTotals, type WholeLane } from '../../ledger/lane/lane-totals.ts';
import { readLanesOfEdges } from '../../ledger/listing/lanes-of-edges.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import type { StoreContext } from '../../storage/store-context.ts';

/** An edge's lanes, with its site. */
export interface EdgeLanes {
  site_id: string;
  lanes: WholeLane[];
}

/**
 * The lanes of some edges, in the order of the edges.
 *
 * @throws Throttled at the deadline
 */
export async function readLanesOf(
  context: StoreContext,
  edges: readonly RegisteredEdge[],
): Promise<EdgeLanes[]> {
  const lanes = await readLanesOfEdges(
    { ...context, table: context.tables.traffic },
    edges.map(({ id }) => id),
    { sites: edges.map(({ site_id }) => site_id) },
  );
  return edges.map(({ id, site_id }) => ({ site_id, lanes: lanes.get(id)! }));
}

/**
 * Bytes that a path carried in both directions: the sum of what the edges of both ends sent.
 */
export interface CarriedTraffic {
  /** Total until now. */
  bytes_carried: bigint;
  /** Since a snapshot that is at least a minute old; undefined: there is none yet. */
  recently: { bytes: bigint; since_ms: number } | undefined;
}

const RECENTLY_MS = 60_000;

/**
 * Reads the bytes that a path carried, from the last reports of the edges at its ends and the
 * snapshot of a minute before.
 */
export async function readCarried(
  context: StoreContext,
  { path_id, lanes }: { path_id: string; lanes: readonly EdgeLanes[] },
): Promise<CarriedTraffic> {
  const { tables, clock } = context;
  const store = { ...context, table: tables.traffic };
  const ends = lanes.flatMap(edge => edge.lanes).filter(lane => lane.paths.has(path_id));
  const bytes_carried = sumOf(ends.map(lane => sentOver(path_id, lane)));
  const mark = await readLastMark(store, { resolution: 'MINUTE', before: clock() - RECENTLY_MS });
  if (!mark) return { bytes_carried, recently: undefined };
  const sampleAt = await readLaneSamples(store, { lanes: ends, readings: [mark] });
  const past = ends.map(lane => {
    const sample = sampleAt(lane, mark);
    // A lane without a sample began after the snapshot, or had been silent for long before it.
    if (!sample && lane.first_heard_at_ms > mark.taken_at) return 0n;
    return sentOver(path_id, sample ? decodeLane(lane, sample.data) : lane);
  });
  const before = sumOf(past);
  return { bytes_carried, recently: { bytes: bytes_carried - before, since_ms: mark.taken_at } };
}

// Bytes sent at one end. What the other end received is the same traffic, so it is not added.
function sentOver(path_id: string, lane: Lane): bigint {
  return lanePathTotals(lane).find(sum => sum.path_id === path_id)?.tx_bytes ?? 0n;
}

function sumOf(bytes: readonly bigint[]): bigint {
  return bytes.reduce((sum, one) => sum + one, 0n);
}

/**
 * The number of flows of some policies that are active at a path's endpoints, by the last reports
 * of the edges there.
 */
export function flowsAtEnds(
  path: Path,
  { lanes, policies }: { lanes: readonly EdgeLanes[]; policies: readonly string[] },
): number {
  let flows = 0;
  for (const { site_id, lanes: edgeLanes } of lanes) {
    const endpoint = site_id === path.source_site_id ? path.source_endpoint_id : path.destination_endpoint_id;
    for (const pair of edgeLanes.flatMap(laneTotals)) {
      if (pair.endpoint_id === endpoint && policies.includes(pair.policy_id)) flows += pair.active_flows;
    }
  }
  return flows;
}

import { readLaneSamples } from '../../history/lane-sample.ts';
import type { SnapshotMark } from '../../history/sample.ts';
import { readMarks } from '../../history/sample-store.ts';
import type { RegisteredEdge } from '../../inventory/edges/edge-items.ts';
import type { Path } from '../../inventory/model/site.ts';
import { clockSkew } from '../../ledger/lane/clock-skew.ts';
import type { Lane } from '../../ledger/lane/lane.ts';
import { lanePathTotals } from '../../ledger/lane/lane-totals.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { readEdgesOf } from '../failover/path-edges.ts';
import { type PassiveLoss, type PathReading, passiveLoss } from '../health/passive-loss.ts';
import { readLanesOf } from './path-traffic.ts';

/**
 * The passive loss of one direction; undefined unless both ends report and something was sent.
 */
export interface DirectionLoss {
  from_site_id: string;
  to_site_id: string;
  loss: PassiveLoss | undefined;
}

/**
 * The passive loss in both directions of a path over the last minutes, from the present lanes and
 * their samples in the minutes' snapshots.
 */
export async function readPathLoss(
  context: StoreContext,
  { path, window_ms }: { path: Path; window_ms: number },
): Promise<DirectionLoss[]> {
  const now = context.clock();
  const store = { client: context.client, table: context.tables.traffic };
  const [edges, marks] = await Promise.all([
    readEdgesOf(context, path),
    readMarks(store, { resolution: 'MINUTE', from: now - window_ms, to: now }),
  ]);
  const [source, destination] = await Promise.all(
    [path.source_site_id, path.destination_site_id].map(site_id =>
      readEnd(context, { path, marks, edges: edges.filter(edge => edge.site_id === site_id) }),
    ),
  );
  return [
    {
      from_site_id: path.source_site_id,
      to_site_id: path.destination_site_id,
      loss: passiveLoss(source!, destination!),
    },
    {
      from_site_id: path.destination_site_id,
      to_site_id: path.source_site_id,
      loss: passiveLoss(destination!, source!),
    },
  ];
}

async function readEnd(
  context: StoreContext,
  { path, marks, edges }: { path: Path; marks: readonly SnapshotMark[]; edges: RegisteredEdge[] },
): Promise<PathReading[]> {
  const lanes = (await readLanesOf(context, edges)).flatMap(edge => edge.lanes);
  // A tunnel ends at one edge. If several lanes have the path, the one that reported last has it
  // now.
  const [newest] = lanes.filter(lane => lane.paths.has(path.id)).sort((a, b) => b.sent_at_ms - a.sent_at_ms);
  if (!newest) return [];
  const { edge_id, part } = newest;
  const store = { ...context, table: context.tables.traffic };
  const sampleAt = await readLaneSamples(store, { lanes: [newest], readings: marks });
  const past = marks.map(mark => {
    const sample = sampleAt(newest, mark);
    return sample && decodeLane({ edge_id, part }, sample.data);
  });
  const readings = new Map<number, PathReading>();
  for (const lane of [...past, newest]) {
    const sum = lane && lanePathTotals(lane).find(({ path_id }) => path_id === path.id);
    if (!sum) continue;
    const at_ms = sentAt(lane);
    readings.set(at_ms, { at_ms, ...sum });
  }
  return [...readings.values()].sort((a, b) => a.at_ms - b.at_ms);
}

/**
 * When the lane's last report was sent, by the functions' clock, so that both ends of a path can be
 * compared.
 */
export function sentAt({ clock, sent_at_ms, last_heard_at_ms }: Lane): number {
  if (!clock) return sent_at_ms;
  return last_heard_at_ms + clock.at(-1)! - clockSkew(clock);
}

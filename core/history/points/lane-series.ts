import { laneTotals } from '../../ledger/lane/lane.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import type { BatchGetOptions } from '../../storage/batch-get.ts';
import { type LaneName, readLaneSamples } from '../lane-sample.ts';
import type { Sample, SnapshotMark } from '../sample.ts';

/** Which lanes, and which pairs of them, a series sums. */
export interface SeriesSelection {
  lanes: readonly LaneName[];
  policy_id?: string | undefined;
  endpoint_id?: string | undefined;
}

/**
 * The sum of some lanes at every mark, ascending. A lane without a sample at a mark has not changed since its last one; before
 * its first one it counted nothing.
 */
export async function readLaneSeries(
  store: BatchGetOptions,
  { marks, selection }: { marks: readonly SnapshotMark[]; selection: SeriesSelection },
): Promise<Sample[]> {
  const sampleAt = await readLaneSamples(store, { lanes: selection.lanes, readings: marks });
  const latest = new Map<string, Counts>();
  return marks.map(mark => {
    for (const lane of selection.lanes) {
      const data = sampleAt(lane, mark);
      if (data) latest.set(`${lane.edge_id}#${lane.part}`, countsOf({ ...lane, data }, selection));
    }
    return { at: mark.at, taken_at: mark.taken_at, ...sum(latest.values()) };
  });
}

interface Counts {
  packets: bigint;
  bytes: bigint;
  active_flows: number;
}

function countsOf(
  { edge_id, part, data }: LaneName & { data: Uint8Array },
  { policy_id, endpoint_id }: SeriesSelection,
): Counts {
  const pairs = laneTotals(decodeLane({ edge_id, part }, data)).filter(
    pair =>
      (policy_id === undefined || pair.policy_id === policy_id) &&
      (endpoint_id === undefined || pair.endpoint_id === endpoint_id),
  );
  return sum(pairs);
}

function sum(counts: Iterable<Counts>): Counts {
  const total: Counts = { packets: 0n, bytes: 0n, active_flows: 0 };
  for (const { packets, bytes, active_flows } of counts) {
    total.packets += packets;
    total.bytes += bytes;
    total.active_flows += active_flows;
  }
  return total;
}

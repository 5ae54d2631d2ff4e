import { wholeLanes } from '../../ledger/figures/read-idle.ts';
import { laneTotals, type WholeLane } from '../../ledger/lane/lane-totals.ts';
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
  const tables = { traffic: store.table };
  const latest = new Map<string, Counts>();
  const samples: Sample[] = [];
  for (const mark of marks) {
    const lanes = selection.lanes.flatMap(({ edge_id, part }) => {
      const data = sampleAt({ edge_id, part }, mark);
      return data ? [decodeLane({ edge_id, part }, data)] : [];
    });
    for (const lane of await wholeLanes(lanes, { client: store.client, tables })) {
      latest.set(`${lane.edge_id}#${lane.part}`, countsOf(lane, selection));
    }
    samples.push({ at: mark.at, taken_at: mark.taken_at, ...sum(latest.values()) });
  }
  return samples;
}

interface Counts {
  packets: bigint;
  bytes: bigint;
  active_flows: number;
}

function countsOf(lane: WholeLane, { policy_id, endpoint_id }: SeriesSelection): Counts {
  const pairs = laneTotals(lane).filter(
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

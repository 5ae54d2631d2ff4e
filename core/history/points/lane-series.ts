import { wholeLanes } from '../../ledger/figures/read-idle.ts';
import { laneTotals, type WholeLane } from '../../ledger/lane/lane-totals.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import type { BatchGetOptions } from '../../storage/batch-get.ts';
import { type LaneName, type LaneSampleAt, readLaneSamples } from '../lane-sample.ts';
import { LateSpans } from '../late/late-span.ts';
import { RESOLUTIONS } from '../resolution.ts';
import type { Sample, SnapshotMark } from '../sample.ts';

/** Which lanes, and which pairs of them, a series sums. */
export interface SeriesSelection {
  lanes: readonly LaneName[];
  policy_id?: string | undefined;
  endpoint_id?: string | undefined;
}

interface SeriesRequest {
  marks: readonly SnapshotMark[];
  /** Marks behind the range, in which late counts of it are looked for. */
  later?: readonly SnapshotMark[];
  selection: SeriesSelection;
}

/** Later readings that are asked at once for lanes whose newest report is older than the last reading of a range. */
const LATER_AT_ONCE = 8;

/**
 * The sum of some lanes at every mark, ascending. A lane without a sample at a mark has not changed since its last one; before
 * its first one it counted nothing. Where a lane's report was still to come at the last mark, later samples say what of it belongs to the range.
 */
export async function readLaneSeries(
  store: BatchGetOptions,
  { marks, later = [], selection }: SeriesRequest,
): Promise<Sample[]> {
  const series = new LaneSeries(store, selection);
  const { lanes } = selection;
  const sampleAt = await readLaneSamples(store, { lanes, readings: marks });
  const samples: Sample[] = [];
  for (const [index, mark] of marks.entries()) {
    samples.push(await series.next(mark, { lanes, sampleAt, last: marks[index - 1]?.minute }));
  }
  const end = marks.at(-1)?.minute ?? 0;
  for (let start = 0; start < later.length; start += LATER_AT_ONCE) {
    const behind = lanes.filter(lane => series.isBehind(lane, end));
    if (behind.length === 0) break;
    const readings = later.slice(start, start + LATER_AT_ONCE);
    const laterAt = await readLaneSamples(store, { lanes: behind, readings });
    for (const mark of readings) {
      samples.push(await series.next(mark, { lanes: behind, sampleAt: laterAt, last: end }));
    }
  }
  return samples;
}

function lateOf(late: LateSpans): Pick<Sample, 'late'> {
  const spans = late.list();
  return spans.length > 0 ? { late: spans } : {};
}

interface Counts {
  packets: bigint;
  bytes: bigint;
  estimated_bytes: bigint;
  active_flows: number;
}

interface SeenLane extends Counts {
  covered_to: number;
}

interface NextReading {
  lanes: readonly LaneName[];
  sampleAt: LaneSampleAt;
  /** The minute of the reading before; what of an increment belongs to before it is late. */
  last: number | undefined;
}

/** Lanes as the reading that was taken in last saw them. */
class LaneSeries {
  readonly #store: BatchGetOptions;
  readonly #selection: SeriesSelection;
  readonly #seen = new Map<string, SeenLane>();

  constructor(store: BatchGetOptions, selection: SeriesSelection) {
    this.#store = store;
    this.#selection = selection;
  }

  /** The sum of all lanes at the next mark, at which some of them are looked at. */
  async next(mark: SnapshotMark, { lanes, sampleAt, last }: NextReading): Promise<Sample> {
    const found = lanes.flatMap(lane => {
      const sample = sampleAt(lane, mark);
      return sample ? [{ lane: decodeLane(lane, sample.data), covered_to: sample.covered_to }] : [];
    });
    const { client, table } = this.#store;
    const whole = await wholeLanes(
      found.map(({ lane }) => lane),
      { client, tables: { traffic: table } },
    );
    const late = new LateSpans();
    for (const [index, lane] of whole.entries()) {
      this.#take(lane, { covered_to: found[index]!.covered_to, late, last });
    }
    return { at: mark.at, taken_at: mark.taken_at, ...sum(this.#seen.values()), ...lateOf(late) };
  }

  #take(
    lane: WholeLane,
    {
      covered_to,
      late,
      last = Number.NEGATIVE_INFINITY,
    }: { covered_to: number; late: LateSpans; last: number | undefined },
  ): void {
    const seen = this.#seen.get(nameOf(lane));
    const counts = countsOf(lane, this.#selection);
    this.#seen.set(nameOf(lane), { ...counts, covered_to });
    if (!seen || seen.packets === counts.packets) return;
    const from = Math.min(seen.covered_to, covered_to - RESOLUTIONS.MINUTE.ms);
    if (from >= last) return;
    const packets = counts.packets - seen.packets;
    late.add({ from, to: covered_to, packets, bytes: counts.bytes - seen.bytes });
  }

  isBehind(lane: LaneName, end: number): boolean {
    const seen = this.#seen.get(nameOf(lane));
    return seen !== undefined && seen.covered_to < end;
  }
}

function nameOf({ edge_id, part }: LaneName): string {
  return `${edge_id}#${part}`;
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
  const total: Counts = { packets: 0n, bytes: 0n, estimated_bytes: 0n, active_flows: 0 };
  for (const { packets, bytes, estimated_bytes, active_flows } of counts) {
    total.packets += packets;
    total.bytes += bytes;
    total.estimated_bytes += estimated_bytes;
    total.active_flows += active_flows;
  }
  return total;
}

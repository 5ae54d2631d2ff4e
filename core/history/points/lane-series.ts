import { laneTotals } from '../../ledger/lane/lane.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import type { BatchGetOptions } from '../../storage/batch-get.ts';
import { type LaneName, type LaneSample, readLaneSamples } from '../lane-sample.ts';
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
  const { lanes } = selection;
  const sampleAt = await readLaneSamples(store, { lanes, readings: marks });
  const series = new LaneSeries(selection);
  const samples = marks.map((mark, index): Sample => {
    const late = new LateSpans();
    for (const lane of lanes)
      series.take(lane, sampleAt(lane, mark), { late, last: marks[index - 1]?.minute });
    return { at: mark.at, taken_at: mark.taken_at, ...series.sum(), ...lateOf(late) };
  });
  const end = marks.at(-1)?.minute ?? 0;
  for (let start = 0; start < later.length; start += LATER_AT_ONCE) {
    const behind = lanes.filter(lane => series.isBehind(lane, end));
    if (behind.length === 0) break;
    const readings = later.slice(start, start + LATER_AT_ONCE);
    const laterAt = await readLaneSamples(store, { lanes: behind, readings });
    for (const mark of readings) {
      const late = new LateSpans();
      for (const lane of behind) series.take(lane, laterAt(lane, mark), { late, last: end });
      samples.push({ at: mark.at, taken_at: mark.taken_at, ...series.sum(), ...lateOf(late) });
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
  active_flows: number;
}

interface SeenLane extends Counts {
  covered_to: number;
}

/** Lanes as the reading that was taken in last saw them. */
class LaneSeries {
  readonly #selection: SeriesSelection;
  readonly #seen = new Map<string, SeenLane>();

  constructor(selection: SeriesSelection) {
    this.#selection = selection;
  }

  /** Takes a lane's next sample; `late` gains what of its increment belongs to before `last`, the reading before. */
  take(
    lane: LaneName,
    sample: LaneSample | undefined,
    { late, last = Number.NEGATIVE_INFINITY }: { late: LateSpans; last: number | undefined },
  ): void {
    if (!sample) return;
    const { covered_to } = sample;
    const seen = this.#seen.get(nameOf(lane));
    const counts = countsOf({ ...lane, data: sample.data }, this.#selection);
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

  sum(): Counts {
    return sum(this.#seen.values());
  }
}

function nameOf({ edge_id, part }: LaneName): string {
  return `${edge_id}#${part}`;
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

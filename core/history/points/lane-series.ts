import { wholeLanes } from '../../ledger/figures/read-idle.ts';
import type { LanePair } from '../../ledger/lane/lane.ts';
import { laneTotals, type WholeLane } from '../../ledger/lane/lane-totals.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import type { BatchGetOptions } from '../../storage/batch-get.ts';
import { type DimensionFilter, passes } from '../../totals/dimension-filter.ts';
import { type LaneName, type LaneSampleAt, readLaneSamples } from '../lane-sample.ts';
import { LateSpans } from '../late/late-span.ts';
import { RESOLUTIONS } from '../resolution.ts';
import type { Sample, SnapshotMark } from '../sample.ts';

/** The lanes that a series sums, and the pairs in them. */
export interface SeriesSelection {
  lanes: readonly LaneName[];
  /** Selects pairs by policy and endpoint. */
  filter?: DimensionFilter;
}

interface SeriesRequest {
  marks: readonly SnapshotMark[];
  /** Marks after the range, in which to look for late counts of it. */
  later?: readonly SnapshotMark[];
  selection: SeriesSelection;
}

/**
 * Later readings that are read at the same time for lanes whose newest report is older than the
 * last reading of a range.
 */
const LATER_AT_ONCE = 8;

/** The sum of some lanes at every mark, in order of time; see {@link readGroupedSeries}. */
export async function readLaneSeries(store: BatchGetOptions, request: SeriesRequest): Promise<Sample[]> {
  const series = await readGroupedSeries(store, { ...request, groups: [ALL], groupOf: () => ALL });
  return series.get(ALL)!;
}

const ALL = '';

/** How the lanes are grouped. */
interface Grouping {
  /** Groups that the result has in any case, besides those with counts. */
  groups?: readonly string[] | undefined;
  groupOf: (pair: Pick<LanePair, 'policy_id' | 'endpoint_id'>, lane: LaneName) => string;
}

/**
 * The sums of some lanes at every mark, in order of time, by group. A lane without a sample at a
 * mark has not changed since its last one, and has counted nothing before its first one. If a
 * lane's report had not arrived by the last mark, later samples have the part that belongs to the
 * range.
 */
export async function readGroupedSeries(
  store: BatchGetOptions,
  { marks, later = [], selection, ...grouping }: SeriesRequest & Grouping,
): Promise<Map<string, Sample[]>> {
  const series = new LaneSeries(store, selection, grouping);
  const samples = new Map((grouping.groups ?? []).map(group => [group, [] as Sample[]]));
  const taken: SnapshotMark[] = [];
  const take = async (mark: SnapshotMark, next: NextReading): Promise<void> => {
    const sums = await series.next(mark, next);
    for (const group of sums.keys()) {
      if (!samples.has(group)) samples.set(group, taken.map(nothingAt));
    }
    for (const [group, list] of samples) list.push(sums.get(group) ?? nothingAt(mark));
    taken.push(mark);
  };
  const { lanes } = selection;
  const sampleAt = await readLaneSamples(store, { lanes, readings: marks });
  for (const [index, mark] of marks.entries()) {
    await take(mark, { lanes, sampleAt, last: marks[index - 1]?.minute });
  }
  const end = marks.at(-1)?.minute ?? 0;
  for (let start = 0; start < later.length; start += LATER_AT_ONCE) {
    const behind = lanes.filter(lane => series.isBehind(lane, end));
    if (behind.length === 0) break;
    const readings = later.slice(start, start + LATER_AT_ONCE);
    const laterAt = await readLaneSamples(store, { lanes: behind, readings });
    for (const mark of readings) await take(mark, { lanes: behind, sampleAt: laterAt, last: end });
  }
  return samples;
}

function lateOf(late: LateSpans | undefined): Pick<Sample, 'late'> {
  const spans = late?.list() ?? [];
  return spans.length > 0 ? { late: spans } : {};
}

interface Counts {
  packets: bigint;
  bytes: bigint;
  estimated_bytes: bigint;
  active_flows: number;
}

interface SeenLane {
  covered_to: number;
  /** The counts by group. */
  counts: ReadonlyMap<string, Counts>;
}

interface NextReading {
  lanes: readonly LaneName[];
  sampleAt: LaneSampleAt;
  /** The minute of the reading before; the part of an increment before it is late. */
  last: number | undefined;
}

/** The lanes in the last reading that was added. */
class LaneSeries {
  readonly #store: BatchGetOptions;
  readonly #selection: SeriesSelection;
  readonly #grouping: Grouping;
  readonly #seen = new Map<string, SeenLane>();

  constructor(store: BatchGetOptions, selection: SeriesSelection, grouping: Grouping) {
    this.#store = store;
    this.#selection = selection;
    this.#grouping = grouping;
  }

  /** The sums of all lanes by group at the next mark, at which some of them may have changed. */
  async next(mark: SnapshotMark, { lanes, sampleAt, last }: NextReading): Promise<Map<string, Sample>> {
    const found = lanes.flatMap(lane => {
      const sample = sampleAt(lane, mark);
      return sample ? [{ lane: decodeLane(lane, sample.data), covered_to: sample.covered_to }] : [];
    });
    const { client, table } = this.#store;
    const whole = await wholeLanes(
      found.map(({ lane }) => lane),
      { client, tables: { traffic: table } },
    );
    const late = new Map<string, LateSpans>();
    for (const [index, lane] of whole.entries()) {
      this.#take(lane, { covered_to: found[index]!.covered_to, late, last });
    }
    const sums = new Map<string, Sample & Counts>();
    for (const { counts } of this.#seen.values()) {
      for (const [group, each] of counts) {
        const sum = sums.get(group) ?? { ...nothingAt(mark), ...lateOf(late.get(group)) };
        add(sum, each);
        sums.set(group, sum);
      }
    }
    return sums;
  }

  #take(
    lane: WholeLane,
    {
      covered_to,
      late,
      last = Number.NEGATIVE_INFINITY,
    }: { covered_to: number; late: Map<string, LateSpans>; last: number | undefined },
  ): void {
    const seen = this.#seen.get(nameOf(lane));
    const counts = this.#countsOf(lane);
    this.#seen.set(nameOf(lane), { counts, covered_to });
    if (!seen) return;
    const from = Math.min(seen.covered_to, covered_to - RESOLUTIONS.MINUTE.ms);
    if (from >= last) return;
    for (const [group, { packets, bytes }] of counts) {
      const before = seen.counts.get(group) ?? noCounts();
      if (before.packets === packets) continue;
      const spans = late.get(group) ?? new LateSpans();
      spans.add({ from, to: covered_to, packets: packets - before.packets, bytes: bytes - before.bytes });
      late.set(group, spans);
    }
  }

  #countsOf(lane: WholeLane): Map<string, Counts> {
    const { filter = {} } = this.#selection;
    const counts = new Map<string, Counts>();
    for (const pair of laneTotals(lane)) {
      const { policy_id, endpoint_id } = pair;
      if (!passes(filter, { policy_id, endpoint_id })) continue;
      const group = this.#grouping.groupOf(pair, lane);
      const sum = counts.get(group) ?? noCounts();
      add(sum, pair);
      counts.set(group, sum);
    }
    return counts;
  }

  isBehind(lane: LaneName, end: number): boolean {
    const seen = this.#seen.get(nameOf(lane));
    return seen !== undefined && seen.covered_to < end;
  }
}

function nameOf({ edge_id, part }: LaneName): string {
  return `${edge_id}#${part}`;
}

function nothingAt({ at, taken_at }: SnapshotMark): Sample & Counts {
  return { at, taken_at, ...noCounts() };
}

function noCounts(): Counts {
  return { packets: 0n, bytes: 0n, estimated_bytes: 0n, active_flows: 0 };
}

function add(sum: Counts, { packets, bytes, estimated_bytes, active_flows }: Counts): void {
  sum.packets += packets;
  sum.bytes += bytes;
  sum.estimated_bytes += estimated_bytes;
  sum.active_flows += active_flows;
}

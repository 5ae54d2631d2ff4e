import { readLaneSamples } from '../../history/lane-sample.ts';
import { readMarks } from '../../history/sample-store.ts';
import type { Lane } from '../../ledger/lane/lane.ts';
import type { PathReading } from '../../ledger/lane/path-reading.ts';
import { readLanesOfEdges } from '../../ledger/listing/lanes-of-edges.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../../ledger/packing/packed-item.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { healthScore } from '../health/health-score.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { type SettledScore, settle } from '../health/settled-score.ts';

/**
 * The range of measurements from which a past score is settled. A path without a measurement for an
 * hour is not kept out, so older ones don't matter.
 */
const SETTLING_MS = 65 * 60_000;

/** How much later than a report the snapshot with it may be taken. */
const NEXT_SNAPSHOT_MS = 3 * 60_000;

/** A measurement, and when the system received it. Milliseconds since the Unix epoch. */
interface ReceivedReading {
  known_ms: number;
  source: string;
  reading: PathReading;
}

/**
 * The last measurement of each path that was known at an instant, with its settled score. It is
 * read from the minutes' samples of the edges' lanes and from the present lanes.
 */
export async function readPastMetrics(
  context: StoreContext,
  {
    at_ms,
    edges,
    sites,
    paths,
  }: { at_ms: number; edges: Iterable<string>; sites: Iterable<string>; paths: ReadonlySet<string> },
): Promise<Map<string, PathMetrics>> {
  const store = { ...context, table: context.tables.traffic };
  const [lanes, marks] = await Promise.all([
    readLanesOfEdges(store, edges, { sites }),
    readMarks(store, { resolution: 'MINUTE', from: at_ms - SETTLING_MS, to: at_ms + NEXT_SNAPSHOT_MS }),
  ]);
  // There may be many edges, but few of them measure these paths.
  const measuring = [...lanes.values()]
    .flat()
    .filter(lane => [...lane.paths.keys()].some(id => paths.has(id)));
  const sampleAt = await readLaneSamples(store, { lanes: measuring, readings: marks });
  const seen = measuring.flatMap(lane => [
    ...marks.flatMap(mark => decoded(lane, sampleAt(lane, mark)?.data) ?? []),
    lane,
  ]);
  return new Map(
    [...readingsByPath(seen, paths)].flatMap(([id, received]) => {
      const metrics = lastSettled(received.filter(({ known_ms }) => known_ms <= at_ms));
      return metrics ? [[id, metrics] as const] : [];
    }),
  );
}

function decoded(lane: Lane, data: Uint8Array | undefined): Lane | undefined {
  if (!data) return undefined;
  const sample = readOrUnreadable(() => decodeLane(lane, data));
  return sample instanceof PackedDataUnreadable ? undefined : sample;
}

/** The measurements by path. Each is taken once, from the earliest lane sample that has it. */
function readingsByPath(lanes: readonly Lane[], paths: ReadonlySet<string>): Map<string, ReceivedReading[]> {
  const found = new Map<string, Map<string, ReceivedReading>>();
  for (const { edge_id, last_heard_at_ms, interval_s, paths: ofLane } of lanes) {
    for (const { path_id, reading } of ofLane.values()) {
      if (!reading || !paths.has(path_id)) continue;
      const source = `${edge_id} ${reading.told_at_ms}`;
      // The lane may have received the same measurement again since. Its edge reported it within an
      // interval.
      const known_ms = Math.min(last_heard_at_ms, reading.measured_at_ms + interval_s * 1000);
      const ofPath = found.get(path_id) ?? new Map<string, ReceivedReading>();
      found.set(path_id, ofPath);
      const known = ofPath.get(source);
      if (!known || known_ms < known.known_ms) ofPath.set(source, { known_ms, source, reading });
    }
  }
  return new Map(Array.from(found, ([id, received]) => [id, [...received.values()]]));
}

/**
 * The last measurement and its settled score, computed as `PathMonitor` does: in order of receipt,
 * without measurements that are older than the one before them.
 */
function lastSettled(received: readonly ReceivedReading[]): PathMetrics | undefined {
  let last: PathReading | undefined;
  let settled: SettledScore | undefined;
  for (const { reading } of received.toSorted(inOrder)) {
    if (last && reading.measured_at_ms < last.measured_at_ms) continue;
    settled = settle(settled, healthScore(reading));
    last = reading;
  }
  if (!last || !settled) return undefined;
  const { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps, measured_at_ms } = last;
  const figures = { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps };
  return { ...figures, settled_score: settled.score, measured_at: timestamp(measured_at_ms) };
}

function inOrder(a: ReceivedReading, b: ReceivedReading): number {
  return a.known_ms - b.known_ms || a.reading.measured_at_ms - b.reading.measured_at_ms;
}

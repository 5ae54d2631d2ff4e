import { readLaneSamples } from '../../history/lane-sample.ts';
import { readMarks } from '../../history/sample-store.ts';
import { readLanesOfEdge } from '../../ledger/figures/read-lanes.ts';
import type { Lane } from '../../ledger/lane/lane.ts';
import type { PathReading } from '../../ledger/lane/path-reading.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../../ledger/packing/packed-item.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { healthScore } from '../health/health-score.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { type SettledScore, settle } from '../health/settled-score.ts';

/**
 * The score of the past settles anew over so long. A path that no measurement came of for an hour
 * is not kept out, so that no older one matters.
 */
const SETTLING_MS = 65 * 60_000;

/** The snapshot of a minute may come so much later than the report that it shows. */
const NEXT_SNAPSHOT_MS = 3 * 60_000;

/** A measurement, and when the system heard of it. Milliseconds since the Unix epoch. */
interface Heard {
  known_ms: number;
  source: string;
  reading: PathReading;
}

/**
 * The last measurement of each path that was known at an instant, with the score that it had
 * settled at: off the minutes' samples of the edges' lanes, and the lanes as they are.
 */
export async function readPastMetrics(
  context: StoreContext,
  { at_ms, edges, paths }: { at_ms: number; edges: Iterable<string>; paths: ReadonlySet<string> },
): Promise<Map<string, PathMetrics>> {
  const { client, tables } = context;
  const store = { ...context, table: tables.traffic };
  const [lanes, marks] = await Promise.all([
    Promise.all([...edges].map(id => readLanesOfEdge(client, tables, id))).then(found => found.flat()),
    readMarks(store, { resolution: 'MINUTE', from: at_ms - SETTLING_MS, to: at_ms + NEXT_SNAPSHOT_MS }),
  ]);
  // Edges may be many, those that tell of these paths are few.
  const telling = lanes.filter(lane => [...lane.paths.keys()].some(id => paths.has(id)));
  const sampleAt = await readLaneSamples(store, { lanes: telling, readings: marks });
  const seen = telling.flatMap(lane => [
    ...marks.flatMap(mark => decoded(lane, sampleAt(lane, mark)?.data) ?? []),
    lane,
  ]);
  return new Map(
    [...heardOf(seen, paths)].flatMap(([id, heard]) => {
      const metrics = lastSettled(heard.filter(({ known_ms }) => known_ms <= at_ms));
      return metrics ? [[id, metrics] as const] : [];
    }),
  );
}

function decoded(lane: Lane, data: Uint8Array | undefined): Lane | undefined {
  if (!data) return undefined;
  const sample = readOrUnreadable(() => decodeLane(lane, data));
  return sample instanceof PackedDataUnreadable ? undefined : sample;
}

/** Each measurement once, by path, as the first reading of its lane that has it. */
function heardOf(lanes: readonly Lane[], paths: ReadonlySet<string>): Map<string, Heard[]> {
  const found = new Map<string, Map<string, Heard>>();
  for (const { edge_id, last_heard_at_ms, interval_s, paths: ofLane } of lanes) {
    for (const { path_id, reading } of ofLane.values()) {
      if (!reading || !paths.has(path_id)) continue;
      const source = `${edge_id} ${reading.told_at_ms}`;
      // The lane may have heard the same measurement again since: its edge told it within an
      // interval.
      const known_ms = Math.min(last_heard_at_ms, reading.measured_at_ms + interval_s * 1000);
      const ofPath = found.get(path_id) ?? new Map<string, Heard>();
      found.set(path_id, ofPath);
      const known = ofPath.get(source);
      if (!known || known_ms < known.known_ms) ofPath.set(source, { known_ms, source, reading });
    }
  }
  return new Map(Array.from(found, ([id, heard]) => [id, [...heard.values()]]));
}

/**
 * As `PathMonitor` keeps them: in the order in which they came, and none that is older than the
 * last.
 */
function lastSettled(heard: readonly Heard[]): PathMetrics | undefined {
  let last: PathReading | undefined;
  let settled: SettledScore | undefined;
  for (const { reading } of heard.toSorted(inOrder)) {
    if (last && reading.measured_at_ms < last.measured_at_ms) continue;
    settled = settle(settled, healthScore(reading));
    last = reading;
  }
  if (!last || !settled) return undefined;
  const { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps, measured_at_ms } = last;
  const figures = { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps };
  return { ...figures, settled_score: settled.score, measured_at: timestamp(measured_at_ms) };
}

function inOrder(a: Heard, b: Heard): number {
  return a.known_ms - b.known_ms || a.reading.measured_at_ms - b.reading.measured_at_ms;
}

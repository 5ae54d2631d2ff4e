import { type LaneSampleAt, readLaneSamples } from '../../history/lane-sample.ts';
import { SNAPSHOT_MAY_COME_MS } from '../../history/points/points.ts';
import { readRangeMarks } from '../../history/points/range-marks.ts';
import type { KeptAsOf } from '../../history/resolution.ts';
import type { SnapshotMark } from '../../history/sample.ts';
import type { SeriesRange } from '../../history/series/series-step.ts';
import type { Path } from '../../inventory/model/site.ts';
import type { Lane } from '../../ledger/lane/lane.ts';
import { lanePathTotals, type PathSum } from '../../ledger/lane/lane-totals.ts';
import type { PathReading as Measurement } from '../../ledger/lane/path-reading.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { readEdgesOf } from '../failover/path-edges.ts';
import { healthScore } from '../health/health-score.ts';
import { passiveLoss } from '../health/passive-loss.ts';
import { readLanesOf } from './path-traffic.ts';
import { sentAt } from './read-path-loss.ts';

/** A path's figures in an interval; undefined where no report or measurement has them. */
export interface PathInterval {
  /** The interval's end, milliseconds. */
  at: number;
  /** No reading was taken in it. */
  gap: boolean;
  measured: Measurement | undefined;
  score: number | undefined;
  /** From the source to the destination, and back, as counted at one end. */
  tx_bits_per_second: number | undefined;
  rx_bits_per_second: number | undefined;
  /** From the source to the destination. */
  passive_loss_pct: number | undefined;
}

/** The state of one end of the path at a reading. */
interface EndReading extends PathSum {
  /** When the end's report was sent, by the functions' clock. */
  at_ms: number;
  measured: Measurement | undefined;
}

/**
 * A path's intervals, from the samples of the two lanes that have the path now. It reads the last
 * sample of each interval, and one before the range, of both lanes.
 *
 * @throws Throttled at the deadline
 */
export async function readPathHistory(
  context: StoreContext,
  { path, range, ...kept }: KeptAsOf & { path: Path; range: SeriesRange },
): Promise<PathInterval[]> {
  const store = { ...context, table: context.tables.traffic };
  const [edges, { marks, begins }] = await Promise.all([
    readEdgesOf(context, path),
    readRangeMarks(store, { range, ...kept }),
  ]);
  const ends = await Promise.all(
    [path.source_site_id, path.destination_site_id].map(async site_id => {
      const found = await readLanesOf(
        context,
        edges.filter(edge => edge.site_id === site_id),
      );
      return newestWith(
        path,
        found.flatMap(({ lanes }) => lanes),
      );
    }),
  );
  const intervals = intervalsOf(range, { marks, begins, now: kept.now });
  const before = marks.findLast(({ at }) => at <= (intervals[0]?.from ?? range.from));
  const readings = [before, ...intervals.map(({ mark }) => mark)];
  const sampleAt = await readLaneSamples(store, {
    lanes: ends.filter(lane => lane !== undefined),
    readings: readings.filter(mark => mark !== undefined),
  });
  const [source, destination] = ends.map(lane => readingsOf(path, { lane, readings, sampleAt }));
  return intervals.map(({ at, mark }, index) => ({
    at,
    gap: mark === undefined,
    ...intervalBetween({ source: source!, destination: destination! }, index + 1),
  }));
}

/**
 * A tunnel ends at one edge. If several lanes have the path, the one that reported last has it now.
 */
function newestWith<L extends Lane>(path: Path, lanes: readonly L[]): L | undefined {
  const having = lanes.filter(lane => lane.paths.has(path.id));
  return having.sort((a, b) => b.sent_at_ms - a.sent_at_ms)[0];
}

/** The intervals that have ended, each with the last mark in it. */
function intervalsOf(
  { from, to, step }: SeriesRange,
  { marks, begins = from, now }: { marks: readonly SnapshotMark[]; begins: number | undefined; now: number },
): { from: number; at: number; mark: SnapshotMark | undefined }[] {
  const last = marks.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const intervals = [];
  for (let start = from; start < to; start += step) {
    const at = Math.min(start + step, to);
    if (at <= begins) continue;
    if (at > last && at > now - SNAPSHOT_MAY_COME_MS) break;
    const mark = marks.findLast(each => each.at > start && each.at <= at);
    intervals.push({ from: start, at, mark });
  }
  return intervals;
}

/**
 * The state of one end at each reading; undefined where it wasn't read, or has not reported since
 * the reading before.
 */
function readingsOf(
  path: Path,
  {
    lane,
    readings,
    sampleAt,
  }: {
    lane: Lane | undefined;
    readings: readonly (SnapshotMark | undefined)[];
    sampleAt: LaneSampleAt;
  },
): (EndReading | undefined)[] {
  let last = Number.NEGATIVE_INFINITY;
  return readings.map(mark => {
    const sample = lane && mark && sampleAt(lane, mark);
    if (!sample) return undefined;
    const seen = decodeLane(lane, sample.data);
    const sum = lanePathTotals(seen).find(({ path_id }) => path_id === path.id);
    const at_ms = sentAt(seen);
    if (!sum || at_ms <= last) return undefined;
    last = at_ms;
    return { ...sum, at_ms, measured: seen.paths.get(path.id)?.reading };
  });
}

function intervalBetween(
  { source, destination }: Record<'source' | 'destination', readonly (EndReading | undefined)[]>,
  index: number,
): Omit<PathInterval, 'at' | 'gap'> {
  const [sent, received] = [pairAt(source, index), pairAt(destination, index)];
  const measured = newestMeasured([sent, received]);
  const rates = sent ? ratesOf(sent) : received && swapped(ratesOf(received));
  const sender = source.filter(reading => reading !== undefined);
  return {
    measured,
    score: measured && healthScore(measured),
    tx_bits_per_second: rates?.tx,
    rx_bits_per_second: rates?.rx,
    passive_loss_pct: received && passiveLoss(sender, [received.before, received.now])?.loss_pct,
  };
}

interface ReadingPair {
  before: EndReading;
  now: EndReading;
}

/** An end's reading and the one before it; undefined where either is missing. */
function pairAt(readings: readonly (EndReading | undefined)[], index: number): ReadingPair | undefined {
  const now = readings[index];
  const before = readings.slice(0, index).findLast(reading => reading !== undefined);
  return now && before && { before, now };
}

/** The newest measurement that an end has made since its previous reading. */
function newestMeasured(ends: readonly (ReadingPair | undefined)[]): Measurement | undefined {
  const made = ends.flatMap(end => {
    const measured = end?.now.measured;
    return measured && measured.told_at_ms !== end.before.measured?.told_at_ms ? [measured] : [];
  });
  return made.sort((a, b) => b.measured_at_ms - a.measured_at_ms)[0];
}

function ratesOf({ before, now }: ReadingPair): { tx: number; rx: number } {
  const perSecond = (bytes: bigint) => (Number(bytes) * 8_000) / (now.at_ms - before.at_ms);
  return { tx: perSecond(now.tx_bytes - before.tx_bytes), rx: perSecond(now.rx_bytes - before.rx_bytes) };
}

function swapped({ tx, rx }: { tx: number; rx: number }) {
  return { tx: rx, rx: tx };
}

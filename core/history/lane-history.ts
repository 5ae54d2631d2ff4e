import { Throttled } from '../errors.ts';
import { laneTotals } from '../ledger/lane/lane-totals.ts';
import { findLanes } from '../ledger/listing/find-lanes.ts';
import type { BatchGetOptions } from '../storage/batch-get.ts';
import type { DimensionFilter } from '../totals/dimension-filter.ts';
import type { LaneTotals } from './aggregate.ts';
import { readFirstSnapshot } from './first-snapshot.ts';
import { type LaneName, readLanesAt, readNamedLanesAt } from './lane-sample.ts';
import { isWhole, type KeptAsOf, RESOLUTION_NAMES, RESOLUTIONS, type Resolution } from './resolution.ts';
import type { SnapshotMark } from './sample.ts';
import { readLastMark, type SampleStore } from './sample-store.ts';

/** All lanes at one instant. */
export interface LanesAt {
  /** The snapshot that sampled them. */
  mark: SnapshotMark;
  lanes: LaneTotals[];
}

/** The lanes at both ends of a range. */
export interface LanesAtEnds {
  before: LanesAt | undefined;
  after: LanesAt | undefined;
  /**
   * The system existed at the beginning of the range, but no reading of that time is kept. If false
   * and without `before`, everything counts from zero.
   */
  lost: boolean;
}

/**
 * Reads the lanes at both ends of a range, instants in milliseconds: at each, those of the last
 * snapshot at or before it, of the finest resolution that is still kept there. With a filter it
 * reads the lanes that may pass it, if they are listed. An edge that moved counts for its last
 * site, so the lists at the end of the range decide.
 *
 * @throws Throttled at the deadline
 */
export async function readLanesAtEnds(
  store: BatchGetOptions,
  { from, to, filter = {}, ...keptAsOf }: KeptAsOf & { from: number; to: number; filter?: DimensionFilter },
): Promise<LanesAtEnds> {
  const [begin, end, found] = await Promise.all([
    readingsBefore(store, { before: from, ...keptAsOf }),
    readingsBefore(store, { before: to, ...keptAsOf }),
    findLanes(store, filter),
  ]);
  const lanes = found && end && readFrom(end.mark) >= found.since ? found.lanes : undefined;
  const [before, after] = await Promise.all(
    [begin, end].map(readings => readings && readLanes(store, readings, lanes)),
  );
  const lost = !before && after !== undefined && ((await readFirstSnapshot(store)) ?? to) <= from;
  return { before, after, lost };
}

/** When the first of a reading's groups was read. */
function readFrom({ taken_at, groups }: SnapshotMark): number {
  return Math.min(taken_at, ...(groups?.late ?? []).map(late => late.taken_at));
}

/** The readings from which the lanes at an instant are read. */
interface LaneReadings {
  mark: SnapshotMark;
  /**
   * The reading for lanes that are not in the minute's reading: a lane that has been silent for a
   * day is sampled once an hour.
   */
  under: SnapshotMark | undefined;
}

async function readingsBefore(
  store: SampleStore,
  { before, ...keptAsOf }: KeptAsOf & { before: number },
): Promise<LaneReadings | undefined> {
  const kept = RESOLUTION_NAMES.filter(name => isWhole(before, name, keptAsOf));
  const marks = await Promise.all(
    kept.map(async resolution => {
      const mark = await readMarkTakenBy(store, { resolution, before });
      return mark && isWhole(mark.at, resolution, keptAsOf) ? mark : undefined;
    }),
  );
  const [mark, ...coarser] = marks.filter(each => each !== undefined);
  if (!mark) return undefined;
  const isMinute = kept[0] === 'MINUTE' && mark === marks[0];
  return { mark, under: isMinute ? readingUnder(mark, coarser) : undefined };
}

async function readLanes(
  store: BatchGetOptions,
  { mark, under }: LaneReadings,
  names?: readonly LaneName[],
): Promise<LanesAt> {
  const lanes = new Map<string, LaneTotals>();
  if (under) await addLanes(store, under, { names, lanes });
  await addLanes(store, mark, { names, lanes });
  return { mark, lanes: [...lanes.values()] };
}

/**
 * The reading for lanes that are not in a minute's reading; undefined if that one is an hour's too,
 * and so has all lanes.
 */
function readingUnder(minute: SnapshotMark, coarser: readonly SnapshotMark[]): SnapshotMark | undefined {
  if (coarser.some(other => other.taken_at === minute.taken_at)) return undefined;
  return coarser.find(other => other.taken_at < minute.taken_at);
}

/**
 * The newest mark whose reading was taken by then. The reading of an hour or day may be later than
 * the hour or day.
 */
async function readMarkTakenBy(
  store: SampleStore,
  { resolution, before }: { resolution: Resolution; before: number },
): Promise<SnapshotMark | undefined> {
  const mark = await readLastMark(store, { resolution, before });
  if (!mark || mark.minute <= before) return mark;
  return readLastMark(store, { resolution, before: mark.at - RESOLUTIONS.MINUTE.ms });
}

async function addLanes(
  store: BatchGetOptions,
  mark: SnapshotMark,
  { names, lanes }: { names: readonly LaneName[] | undefined; lanes: Map<string, LaneTotals> },
): Promise<void> {
  const pages = names ? readNamedLanesAt(store, mark, names) : readLanesAt(store, mark);
  for await (const page of pages) {
    if (store.clock() >= store.deadline) throw outOfTime();
    for (const { sk, lane } of page) {
      if (!lane) continue;
      const { edge_id, site_id, part } = lane;
      lanes.set(sk, { edge_id, site_id, part, pairs: laneTotals(lane) });
    }
  }
}

function outOfTime(): Throttled {
  return new Throttled(
    'There was not enough time to read the counts of all edges at both ends of the range. Filter by site_id, edge_id or endpoint_id, or ask for an export.',
  );
}

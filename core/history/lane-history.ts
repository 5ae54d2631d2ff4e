import { laneTotals } from '../ledger/lane/lane-totals.ts';
import type { LaneTotals } from './aggregate.ts';
import { isKeptSince, readFirstSnapshot } from './first-snapshot.ts';
import { readLanesAt } from './lane-sample.ts';
import { isWhole, type KeptAsOf, RESOLUTION_NAMES, RESOLUTIONS, type Resolution } from './resolution.ts';
import type { SnapshotMark } from './sample.ts';
import { readLastMark, type SampleStore } from './sample-store.ts';

/** All lanes as they were at one instant. */
export interface LanesAt {
  /** The snapshot that saw them. */
  mark: SnapshotMark;
  lanes: LaneTotals[];
}

/**
 * The lanes at the last snapshot at or before an instant, of the finest resolution that is still kept there.
 *
 * A lane that had been silent for a day is sampled by the first snapshot of the hour only, so that reading is laid under the minute's.
 *
 * @returns `undefined` when no snapshot of that time is kept
 */
export async function readLanesBefore(
  store: SampleStore,
  { before, ...keptAsOf }: KeptAsOf & { before: number },
): Promise<LanesAt | undefined> {
  const kept = RESOLUTION_NAMES.filter(name => isWhole(before, name, keptAsOf));
  const marks = await Promise.all(
    kept.map(async resolution => {
      const mark = await readMarkTakenBy(store, { resolution, before });
      return mark && isWhole(mark.at, resolution, keptAsOf) ? mark : undefined;
    }),
  );
  const [mark, ...coarser] = marks.filter(each => each !== undefined);
  if (!mark) return undefined;
  const lanes = new Map<string, LaneTotals>();
  const isMinute = kept[0] === 'MINUTE' && mark === marks[0];
  const under = isMinute ? readingUnder(mark, coarser) : undefined;
  if (under) await addLanes(store, under, lanes);
  await addLanes(store, mark, lanes);
  return { mark, lanes: [...lanes.values()] };
}

/** The lanes at both ends of a range. */
export interface LanesAtEnds {
  before: LanesAt | undefined;
  after: LanesAt | undefined;
  /** The system had begun by the beginning of the range, and no reading of it is kept. Else, without `before`, all counts from zero. */
  lost: boolean;
}

/** Reads the lanes at both ends of a range; instants in milliseconds. */
export async function readLanesAtEnds(
  store: SampleStore,
  { from, to, ...keptAsOf }: KeptAsOf & { from: number; to: number },
): Promise<LanesAtEnds> {
  const [before, after] = await Promise.all(
    [from, to].map(end => readLanesBefore(store, { before: end, ...keptAsOf })),
  );
  if (before || !after) return { before, after, lost: false };
  const first = (await readFirstSnapshot(store)) ?? to;
  const isUnread = RESOLUTION_NAMES.some(resolution => isKeptSince(first, resolution, keptAsOf));
  return { before, after, lost: first <= from && !isUnread };
}

/** The reading of all lanes to lay under a minute's; undefined where it is an hour's too and has all of them itself. */
function readingUnder(minute: SnapshotMark, coarser: readonly SnapshotMark[]): SnapshotMark | undefined {
  if (coarser.some(other => other.taken_at === minute.taken_at)) return undefined;
  return coarser.find(other => other.taken_at < minute.taken_at);
}

/** The newest mark whose reading was taken by then: an hour's or day's may be later than the hour it stands for. */
async function readMarkTakenBy(
  store: SampleStore,
  { resolution, before }: { resolution: Resolution; before: number },
): Promise<SnapshotMark | undefined> {
  const mark = await readLastMark(store, { resolution, before });
  if (!mark || mark.minute <= before) return mark;
  return readLastMark(store, { resolution, before: mark.at - RESOLUTIONS.MINUTE.ms });
}

async function addLanes(
  store: SampleStore,
  mark: SnapshotMark,
  lanes: Map<string, LaneTotals>,
): Promise<void> {
  for await (const page of readLanesAt(store, mark)) {
    for (const { sk, lane } of page) {
      if (!lane) continue;
      const { edge_id, site_id, part } = lane;
      lanes.set(sk, { edge_id, site_id, part, pairs: laneTotals(lane) });
    }
  }
}

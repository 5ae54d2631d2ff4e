import { laneTotals } from '../traffic/lane.ts';
import type { LaneTotals } from './aggregate.ts';
import { readLanesAt } from './lane-sample.ts';
import { RESOLUTIONS, type Resolution, type Retention } from './resolution.ts';
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
  { before, now, retention }: { before: number; now: number; retention: Retention },
): Promise<LanesAt | undefined> {
  const kept = (Object.keys(RESOLUTIONS) as Resolution[]).filter(name => before >= now - retention[name]);
  const [finest, ...coarser] = await Promise.all(
    kept.map(resolution => readLastMark(store, { resolution, before })),
  );
  // A system's first snapshot stands for its hour and day too, though it was taken later: it is no reading before them.
  const mark = finest ?? coarser.find(other => other !== undefined && other.minute <= before);
  if (!mark) return undefined;
  const under = coarser.find(other => other !== undefined && other.taken_at < mark.taken_at);
  const lanes = new Map<string, LaneTotals>();
  if (under && under !== mark) await addLanes(store, under, lanes);
  await addLanes(store, mark, lanes);
  return { mark, lanes: [...lanes.values()] };
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

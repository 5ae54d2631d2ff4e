import { type LaneReading, type Reading, readLanesAt } from '../lane-sample.ts';
import type { SampleStore } from '../sample-store.ts';
import type { TrackedLane, TrackedLanes } from './lane-tracker.ts';

/**
 * The lanes as earlier readings sampled them, for a container that has not seen the last one: as many read units as reading the lanes
 * themselves. A lane that was silent for a day is in an hour's reading only.
 *
 * @param readings oldest first
 */
export async function readTrackedLanes(
  store: SampleStore,
  readings: readonly Reading[],
): Promise<TrackedLanes> {
  const lanes = new Map<string, TrackedLane>();
  for (const reading of readings) {
    for await (const page of readLanesAt(store, reading)) {
      for (const found of page) addLane(lanes, found, reading);
    }
  }
  return lanes;
}

function addLane(
  lanes: Map<string, TrackedLane>,
  { bucket, sk, data, lane, covered_to }: LaneReading,
  { minute }: Reading,
): void {
  if (!lane) return;
  const heard_at = lane.last_heard_at_ms;
  lanes.set(sk, { bucket, heard_at, covered_to: covered_to ?? minute, data });
}

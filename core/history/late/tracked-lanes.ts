import type { LaneGroup } from '../../ledger/lane-keys.ts';
import { readLanesAt, type SampledLane } from '../lane-sample.ts';
import type { Reading } from '../reading.ts';
import type { SampleStore } from '../sample-store.ts';
import type { TrackedLane, TrackedLanes } from './lane-tracker.ts';

/**
 * The lanes of a group from the samples of earlier readings, for when nothing shorter is stored of
 * the last reading. It costs as many read units as reading the lanes. A lane that was silent for a
 * day is not in the readings of minutes, but in those of hours.
 *
 * @param readings from the oldest on
 */
export async function readTrackedLanes(
  store: SampleStore,
  { readings, group }: { readings: readonly Reading[]; group: LaneGroup },
): Promise<TrackedLanes> {
  const lanes = new Map<string, TrackedLane>();
  for (const reading of readings) {
    for await (const page of readLanesAt(store, reading, group)) {
      for (const found of page) addLane(lanes, found);
    }
  }
  return lanes;
}

function addLane(lanes: Map<string, TrackedLane>, { sk, data, lane, covered_to }: SampledLane): void {
  if (!lane) return;
  lanes.set(sk, { heard_at: lane.last_heard_at_ms, covered_to, data });
}

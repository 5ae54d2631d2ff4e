import type { Lane } from '../../ledger/lane/lane.ts';
import { laneKey } from '../../ledger/lane-keys.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../../ledger/packing/packed-item.ts';
import { readItems } from '../../storage/batch-get.ts';
import { keyText } from '../../storage/item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { newerReading } from './current-metrics.ts';
import { type LaneOfPath, readManyMetricsWithLanes } from './path-metrics-store.ts';
import { isRecent } from './recent-metrics.ts';

/** The last measurements of many paths. */
export interface ManyMetrics {
  /** By path id: the last measurement; undefined if there is no recent one. */
  metrics: Map<string, PathMetrics | undefined>;
  /** By path id: the lane that receives its measurements. */
  told_by: Map<string, LaneOfPath>;
}

/**
 * Reads the last measurements of many paths, in batches and without the cache: the stored ones, or
 * newer ones in the lanes of their edges.
 *
 * @param lanes_after_ms if a stored measurement is older, its lane is read
 * @throws Throttled at the deadline
 */
export async function readManyMetrics(
  context: StoreContext,
  pathIds: readonly string[],
  { lanes_after_ms }: { lanes_after_ms: number },
): Promise<ManyMetrics> {
  const stored = await readManyMetricsWithLanes(context, pathIds);
  const now = context.clock();
  const told_by = new Map(
    [...stored].flatMap(([id, one]) => (one?.told_by ? [[id, one.told_by] as const] : [])),
  );
  const stale = [...told_by].filter(([id]) => now - Date.parse(stored.get(id)!.measured_at) > lanes_after_ms);
  const laneOf = await readLanesByName(
    context,
    stale.map(([, lane]) => lane),
  );
  const metrics = new Map<string, PathMetrics | undefined>();
  for (const [path_id, one] of stored) {
    if (!one) {
      metrics.set(path_id, undefined);
      continue;
    }
    const { told_by: lane, ...known } = one;
    const current = lane && laneOf(lane);
    const newest = (current && newerReading(current, { path_id, metrics: known })) ?? known;
    metrics.set(path_id, isRecent(newest, now) ? newest : undefined);
  }
  return { metrics, told_by };
}

/**
 * Reads some lanes, eventually consistent. The result is undefined for a lane that doesn't exist or
 * that this release can't read.
 *
 * @throws Throttled at the deadline
 */
export async function readLanesByName(
  context: StoreContext,
  names: readonly LaneOfPath[],
): Promise<(name: LaneOfPath) => Lane | undefined> {
  const byKey = new Map(names.map(name => [keyText(laneKey(name.edge_id, name.part)), name]));
  const keys = Array.from(byKey.values(), ({ edge_id, part }) => laneKey(edge_id, part));
  const store = { ...context, table: context.tables.traffic, eventually: true };
  const lanes = new Map<string, Lane>();
  for (const [key, item] of await readItems(keys, store)) {
    const lane = readOrUnreadable(() => decodeLane(byKey.get(key)!, item.data as Uint8Array));
    if (!(lane instanceof PackedDataUnreadable)) lanes.set(key, lane);
  }
  return ({ edge_id, part }) => lanes.get(keyText(laneKey(edge_id, part)));
}

import type { Lane } from '../../ledger/lane/lane.ts';
import { laneKey } from '../../ledger/lane-keys.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../../ledger/packing/packed-item.ts';
import { readItems } from '../../storage/batch-get.ts';
import { keyText } from '../../storage/item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { newerReading } from './current-metrics.ts';
import { type LaneOfPath, readManyToldMetrics } from './path-metrics-store.ts';
import { isRecent } from './recent-metrics.ts';

/** What is known of many paths' measurements. */
export interface ManyMetrics {
  /** By path id: the last measurement; undefined where nothing recent was measured. */
  metrics: Map<string, PathMetrics | undefined>;
  /** By path id: the lane that tells of it. */
  told_by: Map<string, LaneOfPath>;
}

/**
 * The last measurements of many paths, in batches and past the cache: what is stored of them, and
 * what is newer in the lanes of their edges.
 *
 * @param lanes_after_ms of a measurement that is older the lane is asked
 * @throws Throttled at the deadline
 */
export async function readManyMetrics(
  context: StoreContext,
  pathIds: readonly string[],
  { lanes_after_ms }: { lanes_after_ms: number },
): Promise<ManyMetrics> {
  const told = await readManyToldMetrics(context, pathIds);
  const now = context.clock();
  const told_by = new Map(
    [...told].flatMap(([id, one]) => (one?.told_by ? [[id, one.told_by] as const] : [])),
  );
  const stale = [...told_by].filter(([id]) => now - Date.parse(told.get(id)!.measured_at) > lanes_after_ms);
  const laneOf = await readLanesByName(
    context,
    stale.map(([, lane]) => lane),
  );
  const metrics = new Map<string, PathMetrics | undefined>();
  for (const [path_id, one] of told) {
    if (!one) {
      metrics.set(path_id, undefined);
      continue;
    }
    const { told_by: lane, ...stored } = one;
    const current = lane && laneOf(lane);
    const newest = (current && newerReading(current, { path_id, metrics: stored })) ?? stored;
    metrics.set(path_id, isRecent(newest, now) ? newest : undefined);
  }
  return { metrics, told_by };
}

/**
 * Some lanes as they are, eventually consistent; undefined for one that is not there or that this
 * release can't read.
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

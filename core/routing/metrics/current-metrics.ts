import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Lane } from '../../ledger/lane/lane.ts';
import { laneKey } from '../../ledger/lane-keys.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../../ledger/packing/packed-item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { type LaneOfPath, readMetricsWithLane } from './path-metrics-store.ts';

/**
 * If the stored measurement is older than this, the lane is read as well: a steady path is stored
 * each ten minutes.
 */
export const FRESH_MS = 90_000;

/**
 * The last measurement of a path, from its item or its lane; undefined when it was not measured
 * yet.
 */
export async function readCurrentMetrics(
  context: StoreContext,
  path_id: string,
): Promise<PathMetrics | undefined> {
  const stored = await readMetricsWithLane(context, path_id);
  if (!stored) return undefined;
  const { told_by, ...metrics } = stored;
  const age = context.clock() - Date.parse(metrics.measured_at);
  if (!told_by || age <= FRESH_MS) return metrics;
  return (await readLaneReading(context, { path_id, told_by, metrics })) ?? metrics;
}

/**
 * The measurement of a path in its lane, if it is newer than `metrics`. The settled score is the
 * stored one, which is written whenever it moves.
 */
export async function readLaneReading(
  context: StoreContext,
  { path_id, told_by, metrics }: { path_id: string; told_by: LaneOfPath; metrics: PathMetrics },
): Promise<PathMetrics | undefined> {
  const { edge_id, part } = told_by;
  const command = {
    TableName: context.tables.traffic,
    Key: laneKey(edge_id, part),
    ConsistentRead: true,
  };
  const { Item } = await repeatUntil(context, () => context.client.send(new GetCommand(command)));
  const lane = Item && readOrUnreadable(() => decodeLane(told_by, Item.data as Uint8Array));
  if (!lane || lane instanceof PackedDataUnreadable) return undefined;
  return newerReading(lane, { path_id, metrics });
}

/** The measurement of a path in a lane, if it is newer than `metrics`. */
export function newerReading(
  lane: Lane,
  { path_id, metrics }: { path_id: string; metrics: PathMetrics },
): PathMetrics | undefined {
  const reading = lane.paths.get(path_id)?.reading;
  if (!reading || reading.measured_at_ms <= Date.parse(metrics.measured_at)) return undefined;
  const { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps, measured_at_ms } = reading;
  const measured_at = timestamp(measured_at_ms);
  return { ...metrics, latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps, measured_at };
}

import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Lane } from '../../ledger/lane/lane.ts';
import { laneKey } from '../../ledger/lane-keys.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../../ledger/packing/packed-item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { type LaneOfPath, readToldMetrics } from './path-metrics-store.ts';

/**
 * Of a measurement that is older than this the lane is asked: a steady path is stored each ten
 * minutes.
 */
export const FRESH_MS = 90_000;

/**
 * What was measured on a path last, as its lane or its item has it; undefined when nothing ever
 * was.
 */
export async function readCurrentMetrics(
  context: StoreContext,
  path_id: string,
): Promise<PathMetrics | undefined> {
  const told = await readToldMetrics(context, path_id);
  if (!told) return undefined;
  const { told_by, ...metrics } = told;
  const age = context.clock() - Date.parse(metrics.measured_at);
  if (!told_by || age <= FRESH_MS) return metrics;
  return (await readLaneReading(context, { path_id, told_by, metrics })) ?? metrics;
}

/**
 * What the lane of a path's edge says of it, where that is newer than `metrics`. The settled score
 * is the stored one: that is stored anew whenever it moves.
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

/** What a lane says of a path, where that is newer than `metrics`. */
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

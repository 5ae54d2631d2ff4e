import { noPathCounts } from '../../totals/path-counts.ts';
import type { Boot } from './boot.ts';
import type { FoldState } from './fold-state.ts';
import { type Lane, pairOf, pathOf } from './lane.ts';
import type { LaneChanges } from './lane-changes.ts';
import { addPathCounts, subtractPathCounts } from './lane-paths.ts';

/**
 * Closes the lane's current boot and makes `boot` the current one. The lane's totals stay as they are: what was current
 * becomes earlier, and what `boot` had counted before moves from earlier to current. The gauges are left to the report of
 * `boot` that comes next: a current report replaces all of them. An item that is stored of `boot` stays behind and is
 * written again when it is closed.
 */
export function makeBootCurrent({ lane, boots }: FoldState, boot: Boot, changes: LaneChanges): void {
  if (lane.boot_id !== '') {
    const closed = closeCurrentBoot(lane);
    boots.set(closed.boot_id, closed);
    changes.boots.set(closed.boot_id, closed);
  }
  boots.delete(boot.boot_id);
  changes.boots.delete(boot.boot_id);
  lane.boot_id = boot.boot_id;
  lane.seq = boot.seq;
  lane.parts = boot.parts;
  for (const { packets, bytes, ...ids } of boot.pairs.values()) {
    const pair = pairOf(lane, ids);
    pair.packets = packets;
    pair.bytes = bytes;
    pair.earlier_packets -= packets;
    pair.earlier_bytes -= bytes;
  }
  for (const [path_id, counts] of boot.paths) {
    const path = pathOf(lane, path_id);
    path.current = counts;
    path.earlier = subtractPathCounts(path.earlier, counts);
  }
}

function closeCurrentBoot(lane: Lane): Boot {
  const { boot_id, seq, parts, sent_at_ms } = lane;
  const closed: Boot = { boot_id, seq, parts, sent_at_ms, pairs: new Map(), paths: new Map() };
  for (const [key, pair] of lane.pairs) {
    const { policy_id, endpoint_id, packets, bytes } = pair;
    if (packets === 0n && bytes === 0n) continue;
    closed.pairs.set(key, { policy_id, endpoint_id, packets, bytes });
    pair.earlier_packets += packets;
    pair.earlier_bytes += bytes;
    pair.packets = 0n;
    pair.bytes = 0n;
  }
  for (const path of lane.paths.values()) {
    closed.paths.set(path.path_id, path.current);
    path.earlier = addPathCounts(path.earlier, path.current);
    path.current = noPathCounts();
  }
  return closed;
}

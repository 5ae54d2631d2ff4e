import {
  addPathCounts,
  noPathCounts,
  type PathCounts,
  subtractPathCounts,
} from '../../totals/path-counts.ts';
import type { Boot, BootPair } from './boot.ts';
import type { Lane, LanePair, LanePath } from './lane.ts';
import type { LaneState } from './lane-state.ts';

/**
 * Closes the lane's current boot and makes `boot` the current one. The lane's totals stay as they are: the current totals
 * become earlier, and what `boot` had counted before moves from earlier to current. The gauges are left to the report of
 * `boot` that comes next: a current report replaces all of them. An item that is stored of `boot` stays behind and is
 * written again when it is closed.
 */
export function switchBoot(state: LaneState, boot: Boot): LaneState {
  const { lane, changes } = state;
  const { boot_id, seq, parts } = boot;
  const closed = lane.boot_id === '' ? undefined : closedBoot(lane);
  const exchange = (boots: ReadonlyMap<string, Boot>): Map<string, Boot> => {
    const exchanged = new Map(boots);
    if (closed) exchanged.set(closed.boot_id, closed);
    exchanged.delete(boot_id);
    return exchanged;
  };
  const totals = { pairs: switchPairs(lane.pairs, boot), paths: switchPaths(lane.paths, boot) };
  return {
    ...state,
    lane: { ...lane, boot_id, seq, parts, ...totals },
    boots: exchange(state.boots),
    changes: { ...changes, boots: exchange(changes.boots) },
  };
}

function closedBoot({ boot_id, seq, parts, sent_at_ms, pairs, paths }: Lane): Boot {
  const counted = new Map<string, BootPair>();
  for (const [key, { policy_id, endpoint_id, packets, bytes }] of pairs) {
    if (packets === 0n && bytes === 0n) continue;
    counted.set(key, { policy_id, endpoint_id, packets, bytes });
  }
  const currentPaths = new Map<string, PathCounts>();
  for (const { path_id, current } of paths.values()) currentPaths.set(path_id, current);
  return { boot_id, seq, parts, sent_at_ms, pairs: counted, paths: currentPaths };
}

function switchPairs(pairs: ReadonlyMap<string, LanePair>, boot: Boot): Map<string, LanePair> {
  const switched = new Map<string, LanePair>();
  for (const [key, pair] of pairs) {
    const { packets, bytes } = boot.pairs.get(key) ?? { packets: 0n, bytes: 0n };
    const earlier_packets = pair.earlier_packets + pair.packets - packets;
    const earlier_bytes = pair.earlier_bytes + pair.bytes - bytes;
    switched.set(key, { ...pair, packets, bytes, earlier_packets, earlier_bytes });
  }
  return switched;
}

function switchPaths(paths: ReadonlyMap<string, LanePath>, boot: Boot): Map<string, LanePath> {
  const switched = new Map<string, LanePath>();
  for (const { path_id, current: closed, earlier } of paths.values()) {
    const current = boot.paths.get(path_id) ?? noPathCounts();
    const sum = addPathCounts(earlier, closed);
    switched.set(path_id, { path_id, current, earlier: subtractPathCounts(sum, current) });
  }
  return switched;
}

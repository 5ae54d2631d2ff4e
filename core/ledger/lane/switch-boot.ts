import { pairKey } from '../../totals/pair-key.ts';
import {
  addPathCounts,
  noPathCounts,
  type PathCounts,
  subtractPathCounts,
} from '../../totals/path-counts.ts';
import type { Boot, BootPair } from './boot.ts';
import { estimatedOf } from './boot-counts.ts';
import { bootPairsOf } from './boot-pairs.ts';
import { type LanePair, type LanePath, NOT_NAMED } from './lane.ts';
import type { LaneState } from './lane-state.ts';
import { pairOf } from './pair-of.ts';

/**
 * Closes the lane's current boot and makes `boot` the current one. The lane's totals stay as they
 * are: the current totals become earlier ones, and the previous totals of `boot` move from earlier
 * to current. Its idle pairs become active. The gauges stay until the next report of `boot`, which
 * replaces all of them. A stored item of `boot` stays, and is written again when the boot is
 * closed.
 */
export function switchBoot(state: LaneState, boot: Boot): LaneState {
  const { lane, changes } = state;
  const { boot_id, seq, parts, sent_at_ms } = boot;
  const closed = lane.boot_id === '' ? undefined : closedBoot(state);
  const exchange = (boots: ReadonlyMap<string, Boot>): Map<string, Boot> => {
    const exchanged = new Map(boots);
    if (closed) exchanged.set(closed.boot_id, closed);
    exchanged.delete(boot_id);
    return exchanged;
  };
  const totals = { pairs: switchPairs(state, boot), paths: switchPaths(lane.paths, boot) };
  const most = Math.max(lane.parts, lane.parts_before);
  const parts_before = most > parts ? most : 0;
  return {
    ...state,
    lane: { ...lane, boot_id, seq, parts, sent_at_ms, parts_before, ...totals },
    boots: exchange(state.boots),
    changes: { ...changes, boots: exchange(changes.boots) },
  };
}

function closedBoot(state: LaneState): Boot {
  const { boot_id, seq, parts, sent_at_ms, last_heard_at_ms, paths } = state.lane;
  const pairs = new Map<string, BootPair>();
  for (const pair of bootPairsOf(state)) pairs.set(pairKey(pair), pair);
  const currentPaths = new Map<string, PathCounts>();
  for (const { path_id, current } of paths.values()) currentPaths.set(path_id, current);
  return { boot_id, seq, parts, sent_at_ms, last_heard_at_ms, pairs, paths: currentPaths };
}

const NOTHING = { packets: 0n, bytes: 0n, estimated: false, seq: NOT_NAMED };

function switchPairs(state: LaneState, boot: Boot): Map<string, LanePair> {
  const { pairs } = state.lane;
  const switched = new Map<string, LanePair>();
  const put = (key: string, pair: LanePair): void => {
    const now = boot.pairs.get(key) ?? NOTHING;
    const { packets, bytes, estimated, seq } = now;
    const earlier_packets = pair.earlier_packets + pair.packets - packets;
    const earlier_bytes = pair.earlier_bytes + pair.bytes - bytes;
    const earlier_estimated = pair.earlier_estimated + estimatedOf(pair) - estimatedOf(now);
    const earlier = { earlier_packets, earlier_bytes, earlier_estimated };
    switched.set(key, { ...pair, packets, bytes, estimated, seq, ...earlier });
  };
  for (const [key, pair] of pairs) put(key, pair);
  for (const key of boot.pairs.keys()) {
    const idle = pairs.has(key) ? undefined : pairOf(state, key);
    if (idle) put(key, idle);
  }
  return switched;
}

function switchPaths(paths: ReadonlyMap<string, LanePath>, boot: Boot): Map<string, LanePath> {
  const switched = new Map<string, LanePath>();
  for (const { path_id, current: closed, earlier, ...measured } of paths.values()) {
    const current = boot.paths.get(path_id) ?? noPathCounts();
    const sum = addPathCounts(earlier, closed);
    switched.set(path_id, { path_id, current, earlier: subtractPathCounts(sum, current), ...measured });
  }
  return switched;
}

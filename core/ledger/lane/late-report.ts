import type { DecodedReport } from '../../report/decode-report.ts';
import type { PathReport } from '../../report/report.ts';
import { pairKey } from '../../totals/pair-key.ts';
import {
  addPathCounts,
  isBelow,
  type PathCounts,
  pathCounts,
  subtractPathCounts,
} from '../../totals/path-counts.ts';
import type { Arrival } from './arrival.ts';
import type { Boot } from './boot.ts';
import { gainOf, isSameCount, withReport } from './boot-counts.ts';
import { checkBootSize } from './check-boot-size.ts';
import { hourOf } from './hour-of.ts';
import { emptyPair, emptyPath, type Lane, type LanePath } from './lane.ts';
import { addCounterChange, type LaneState } from './lane-state.ts';
import { pairOf } from './pair-of.ts';

/**
 * Adds a late report: one of a boot that is not current. Its difference to the boot's previous
 * totals is added to the lane's earlier sums and to the counters, and the boot gets the new totals.
 * Gauges stay as they are.
 *
 * @returns `state` itself if there is nothing to add
 * @throws ReportRejected when it contradicts another report of the boot
 */
export function addLateReport(
  state: LaneState,
  boot: Boot,
  decoded: DecodedReport,
  { at_ms }: Arrival,
): LaneState {
  const { lane, boots, changes } = state;
  const { report } = decoded;
  const isNewest = report.seq > boot.seq;
  const pairs = new Map(lane.pairs);
  const bootPairs = new Map(boot.pairs);
  const counters = new Map(changes.counters);
  let added = 0;
  for (const reported of report.policies) {
    const key = pairKey(reported);
    const before = boot.pairs.get(key) ?? emptyPair(reported);
    const counts = withReport(before, reported, report);
    if (!isNewest && isSameCount(counts, before)) continue;
    const { policy_id, endpoint_id } = reported;
    const more = gainOf(before, counts);
    added++;
    bootPairs.set(key, { policy_id, endpoint_id, ...counts });
    const pair = pairOf(state, key) ?? emptyPair(reported);
    pairs.set(key, {
      ...pair,
      earlier_packets: pair.earlier_packets + more.packets,
      earlier_bytes: pair.earlier_bytes + more.bytes,
      earlier_estimated: pair.earlier_estimated + (more.estimated_bytes ?? 0n),
      named_hour: hourOf(at_ms),
    });
    addCounterChange(counters, policy_id, more);
  }
  if (!isNewest && added === 0) return state;
  checkBootSize(bootPairs.values());
  const { paths, bootPaths } = addPaths(lane, boot, isNewest ? report.paths : []);
  const next: Boot = {
    ...boot,
    ...(isNewest && { seq: report.seq, sent_at_ms: Math.min(decoded.sent_at_ms, at_ms) }),
    last_heard_at_ms: Math.max(boot.last_heard_at_ms ?? at_ms, at_ms),
    pairs: bootPairs,
    paths: bootPaths,
  };
  return {
    ...state,
    lane: { ...lane, pairs, paths },
    boots: new Map(boots).set(boot.boot_id, next),
    changes: { ...changes, counters, boots: new Map(changes.boots).set(boot.boot_id, next) },
  };
}

function addPaths(lane: Lane, boot: Boot, reports: readonly PathReport[]) {
  const paths = new Map<string, LanePath>(lane.paths);
  const bootPaths = new Map<string, PathCounts>(boot.paths);
  for (const report of reports) {
    const { path_id } = report;
    const before = boot.paths.get(path_id);
    const counts = pathCounts(report);
    const restarted = before === undefined || isBelow(counts, before);
    const more = restarted ? counts : subtractPathCounts(counts, before);
    const path = paths.get(path_id) ?? emptyPath(path_id);
    paths.set(path_id, { ...path, earlier: addPathCounts(path.earlier, more) });
    bootPaths.set(path_id, counts);
  }
  return { paths, bootPaths };
}

import type { DecodedReport } from '../../report/decode-report.ts';
import type { PathReport } from '../../report/report.ts';
import { addPathCounts, isBelow, pathCounts } from '../../totals/path-counts.ts';
import { checkGrowth } from './check-growth.ts';
import { withdrawGauge } from './gauges.ts';
import { emptyPair, emptyPath, type Lane, type LanePair, type LanePath } from './lane.ts';
import { addCounterChange, type CounterChange, type LaneState } from './lane-state.ts';

/**
 * Adds a report of the lane's current boot. A pair that it leaves out keeps its totals and has no active flows.
 *
 * @throws ReportRejected when a total went down
 */
export function addCurrentReport(state: LaneState, decoded: DecodedReport): LaneState {
  const { lane, changes } = state;
  const { report, keys, sent_at_ms } = decoded;
  const reportedPairs = new Map<string, LanePair>();
  const counters = new Map(changes.counters);
  let newPairs = 0;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const reported = report.policies[i]!;
    const known = lane.pairs.get(key);
    if (!known) newPairs++;
    const before = known ?? emptyPair(reported);
    checkGrowth(reported, before);
    const { policy_id, endpoint_id, packets, bytes, active_flows } = reported;
    const { earlier_packets, earlier_bytes } = before;
    // Written out: a spread costs more, and this runs for each pair of each report.
    reportedPairs.set(key, {
      policy_id,
      endpoint_id,
      packets,
      bytes,
      active_flows,
      earlier_packets,
      earlier_bytes,
    });
    addCounterChange(counters, policy_id, {
      packets: packets - before.packets,
      bytes: bytes - before.bytes,
      active_flows: active_flows - before.active_flows,
    });
  }
  const isWhole = keys.length - newPairs === lane.pairs.size;
  const pairs = isWhole ? reportedPairs : withPairsLeftOut(lane, reportedPairs, counters);
  const { seq, site_id, policies_version, interval_s } = report;
  const paths = addPaths(lane, report.paths);
  return {
    ...state,
    lane: { ...lane, seq, sent_at_ms, site_id, policies_version, interval_s, pairs, paths },
    changes: { ...changes, counters },
  };
}

/** All pairs in the lane's order, new ones last; those that the report leaves out lose their gauges. */
function withPairsLeftOut(
  lane: Lane,
  reported: ReadonlyMap<string, LanePair>,
  counters: Map<string, CounterChange>,
): Map<string, LanePair> {
  const pairs = new Map<string, LanePair>();
  for (const [key, pair] of lane.pairs) pairs.set(key, reported.get(key) ?? withdrawGauge(pair, counters));
  for (const [key, pair] of reported) pairs.set(key, pair);
  return pairs;
}

/**
 * A path that was taken down and set up again begins at 0 within a boot: then what it had becomes earlier. (Policy totals
 * come from the recorder, which never does that; a report where they fall is refused.)
 */
function addPaths(lane: Lane, reports: readonly PathReport[]): ReadonlyMap<string, LanePath> {
  if (reports.length === 0) return lane.paths;
  const paths = new Map(lane.paths);
  for (const report of reports) {
    const { path_id, current, earlier } = paths.get(report.path_id) ?? emptyPath(report.path_id);
    const restarted = isBelow(report, current);
    paths.set(path_id, {
      path_id,
      current: pathCounts(report),
      earlier: restarted ? addPathCounts(earlier, current) : earlier,
    });
  }
  return paths;
}

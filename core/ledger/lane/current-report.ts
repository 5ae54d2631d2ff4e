import type { DecodedReport } from '../../report/decode-report.ts';
import type { PathReport, Report } from '../../report/report.ts';
import { pairKey } from '../../totals/pair-key.ts';
import { addPathCounts, isBelow, pathCounts } from '../../totals/path-counts.ts';
import type { PolicyTotals } from '../../totals/policy-totals.ts';
import { type Arrival, heardAt } from './arrival.ts';
import { estimatedOf, gainOf, isSameCount, withReport } from './boot-counts.ts';
import { bootPairsOf } from './boot-pairs.ts';
import { checkBootSize } from './check-boot-size.ts';
import { isNewer } from './check-totals.ts';
import { clockSkew, isFarAhead, placedAt, withReportTime } from './clock-skew.ts';
import { withdrawGauge } from './gauges.ts';
import { hourOf } from './hour-of.ts';
import { emptyPair, emptyPath, type Lane, type LanePair, type LanePath, NOT_NAMED } from './lane.ts';
import { addCounterChange, type CounterChange, type LaneState } from './lane-state.ts';
import { pairOf } from './pair-of.ts';
import { bitRate, NO_RATE, packetRate, packRate, ratedPairs } from './pair-rate.ts';
import { readingOf } from './path-reading.ts';
import { ratedMs } from './rated-ms.ts';

/**
 * Adds a report of the lane's current boot whose `seq` is above the last one. A pair that it leaves
 * out keeps its totals and has no active flows.
 *
 * @throws ReportRejected when it contradicts an earlier report of the boot
 */
export function addCurrentReport(state: LaneState, decoded: DecodedReport, arrival: Arrival): LaneState {
  const { lane, changes } = state;
  const { at_ms } = arrival;
  const { report } = decoded;
  const { seq, site_id, policies_version, interval_s, policies } = report;
  const isEstimated = report.estimated === true;
  const named_hour = hourOf(at_ms);
  const sent_at_ms = Math.min(decoded.sent_at_ms, at_ms);
  const rated_ms = ratedMs(lane, sent_at_ms);
  // A copy allocates less than a map that is filled.
  const pairs = new Map(lane.pairs);
  const counters = new Map(changes.counters);
  let isNewToBoot = false;
  const add = (key: string, reported: PolicyTotals, before: LanePair): void => {
    if (before.seq === NOT_NAMED) isNewToBoot = true;
    isNewer(reported, seq, before);
    const { policy_id, endpoint_id, packets, bytes, active_flows } = reported;
    const { earlier_packets, earlier_bytes, earlier_estimated } = before;
    const estimated = isEstimated || before.estimated;
    const more_packets = packets - before.packets;
    const more_bytes = bytes - before.bytes;
    const rate = rated_ms === undefined ? NO_RATE : packRate(more_bytes, more_packets, rated_ms);
    // No spread, which costs more: this runs for each pair of each report.
    pairs.set(key, {
      policy_id,
      endpoint_id,
      packets,
      bytes,
      active_flows,
      rate,
      earlier_packets,
      earlier_bytes,
      estimated,
      earlier_estimated,
      seq,
      named_hour,
    });
    const gained = {
      packets: more_packets,
      bytes: more_bytes,
      active_flows: active_flows - before.active_flows,
      bit_rate: bitRate(rate) - bitRate(before.rate),
      packet_rate: packetRate(rate) - packetRate(before.rate),
      rated_pairs: ratedPairs(rate) - ratedPairs(before.rate),
    };
    const change = estimated ? { ...gained, estimated_bytes: bytes - estimatedOf(before) } : gained;
    addCounterChange(counters, policy_id, change);
  };
  let held = 0;
  let next = 0;
  // An edge names its pairs in the same order each time. Pairs in the lane's order need no key and
  // no look-up.
  for (const [key, known] of lane.pairs) {
    const reported = policies[next];
    if (!reported) break;
    if (known.policy_id !== reported.policy_id || known.endpoint_id !== reported.endpoint_id) continue;
    add(key, reported, known);
    held++;
    next++;
  }
  // The others are moved to the end, so that the next report has them in the lane's order.
  for (; next < policies.length; next++) {
    const reported = policies[next]!;
    const key = pairKey(reported);
    if (pairs.delete(key)) held++;
    add(key, reported, pairOf(state, key) ?? emptyPair(reported));
  }
  if (held < lane.pairs.size) withdrawLeftOut(lane, pairs, counters);
  const clock = clockOf(lane, report, { sent_at_ms: decoded.sent_at_ms, arrived_at_ms: at_ms });
  const after: LaneState = {
    ...state,
    lane: {
      ...lane,
      seq,
      sent_at_ms,
      rated_ms,
      site_id,
      policies_version,
      interval_s,
      pairs,
      ...clock,
      ...heardAt(lane, arrival),
      paths: addPaths(lane, report.paths, { arrived_at_ms: at_ms, clock: clock.clock ?? [] }),
    },
    changes: { ...changes, counters },
  };
  if (isNewToBoot) checkBootSize(bootPairsOf(after));
  return after;
}

/**
 * Adds a report of the lane's current boot whose `seq` is not above the last one: the pairs that no
 * later report has named.
 *
 * @returns `state` itself if there is nothing to add
 * @throws ReportRejected when it contradicts another report of the boot
 */
export function addOldReport(state: LaneState, { report }: DecodedReport, { at_ms }: Arrival): LaneState {
  const { lane, changes } = state;
  const added = new Map<string, LanePair>();
  const counters = new Map(changes.counters);
  let isNewToBoot = false;
  for (const reported of report.policies) {
    const key = pairKey(reported);
    const before = pairOf(state, key) ?? emptyPair(reported);
    const counts = withReport(before, reported, report);
    if (isSameCount(counts, before)) continue;
    if (before.seq === NOT_NAMED) isNewToBoot = true;
    added.set(key, { ...before, ...counts, named_hour: hourOf(at_ms) });
    addCounterChange(counters, reported.policy_id, gainOf(before, counts));
  }
  if (added.size === 0) return state;
  const next: LaneState = {
    ...state,
    lane: { ...lane, pairs: new Map([...lane.pairs, ...added]) },
    changes: { ...changes, counters },
  };
  if (isNewToBoot) checkBootSize(bootPairsOf(next));
  return next;
}

/** Withdraws the gauges of the pairs that the report leaves out. */
function withdrawLeftOut(
  lane: Lane,
  pairs: Map<string, LanePair>,
  counters: Map<string, CounterChange>,
): void {
  for (const [key, pair] of lane.pairs) {
    if (pairs.get(key) === pair) pairs.set(key, withdrawGauge(pair, counters));
  }
}

function known(paths: ReadonlyMap<string, LanePath>, path_id: string): LanePath {
  return paths.get(path_id) ?? emptyPath(path_id);
}

/** The times of the last reports, if they are stored. */
function clockOf(
  { clock }: Lane,
  { paths }: Pick<Report, 'paths'>,
  time: { sent_at_ms: number; arrived_at_ms: number },
): { clock?: number[] } {
  if (!clock && paths.length === 0 && !isFarAhead(time)) return {};
  return { clock: withReportTime(clock ?? [], time) };
}

/**
 * The counts of a path that was removed and set up again begin at 0 within a boot. Its previous
 * counts are then added to the earlier ones. (Policy totals come from the recorder and never fall
 * within a boot; a report in which they fall is refused.)
 */
function addPaths(
  lane: Lane,
  reports: readonly PathReport[],
  { arrived_at_ms, clock }: { arrived_at_ms: number; clock: readonly number[] },
): ReadonlyMap<string, LanePath> {
  if (reports.length === 0) return lane.paths;
  const skew_ms = clockSkew(clock);
  const placed_at_ms = (measured_at_ms: number) => placedAt({ measured_at_ms, arrived_at_ms, skew_ms });
  const paths = new Map(lane.paths);
  for (const report of reports) {
    const { path_id, current, earlier, reading: before } = known(paths, report.path_id);
    const restarted = isBelow(report, current);
    paths.set(path_id, {
      path_id,
      current: pathCounts(report),
      earlier: restarted ? addPathCounts(earlier, current) : earlier,
      reading: readingOf(report, { before, placed_at_ms }),
    });
  }
  return paths;
}

import type { DecodedReport } from '../../report/decode-report.ts';
import { ReportRejected } from '../../report/rejection.ts';
import type { Report } from '../../report/report.ts';
import type { Boot } from './boot.ts';
import type { FoldState } from './fold-state.ts';
import { type Lane, pairOf } from './lane.ts';
import { makeBootCurrent } from './lane-boots.ts';
import type { LaneChanges } from './lane-changes.ts';
import { takeOutGauges } from './lane-gauges.ts';
import { addPathsOfCurrentBoot, addPathsOfEarlierBoot } from './lane-paths.ts';

/** Where and when a report came in. */
export interface Arrival {
  /** Arrival in the stream, milliseconds. */
  at_ms: number;
  /** The counter slot of the shard that it came by. */
  slot: number;
}

/**
 * Adds what a report says to its lane, and to `changes` what else has to be written with it. Reports carry totals since
 * boot, so whatever was lost, repeated or reordered before, the lane's totals are right for the highest `seq` of each boot.
 *
 * @returns `old` when the report's `seq` is not above the last one applied of its boot: nothing changed
 * @throws ReportRejected when it contradicts an earlier report of its boot: nothing changed
 */
export function foldReport(
  state: FoldState,
  decoded: DecodedReport,
  arrival: Arrival,
  changes: LaneChanges,
): 'applied' | 'old' {
  const { lane } = state;
  const { report, sent_at_ms } = decoded;
  const isCurrent = report.boot_id === lane.boot_id;
  const earlier = isCurrent ? undefined : state.boots.get(report.boot_id);
  const boot = isCurrent ? lane : earlier;
  if (boot && report.seq <= boot.seq) return 'old';
  checkParts(report, boot?.parts ?? state.partsOf.get(report.boot_id));
  if (boot) checkTotals(decoded, boot);

  if (!boot) {
    state.partsOf.set(report.boot_id, report.parts);
    changes.parts.set(report.boot_id, report.parts);
  }
  if (!isCurrent && becomesCurrent(lane, earlier, sent_at_ms)) {
    makeBootCurrent(state, earlier ?? newBoot(report), changes);
  }
  if (report.boot_id === lane.boot_id) applyToCurrentBoot(lane, decoded, changes);
  else applyToEarlierBoot(state, earlier ?? newBoot(report), decoded, changes);

  lane.slot = arrival.slot;
  lane.first_heard_at_ms = Math.min(lane.first_heard_at_ms, arrival.at_ms);
  lane.last_heard_at_ms = Math.max(lane.last_heard_at_ms, arrival.at_ms);
  changes.touched = true;
  return 'applied';
}

// See docs/decisions/010: the boot that spoke last by its own clock is current; only gauges and display depend on it.
function becomesCurrent(lane: Lane, boot: Boot | undefined, sent_at_ms: number): boolean {
  return boot ? sent_at_ms > lane.sent_at_ms : sent_at_ms >= lane.sent_at_ms;
}

function newBoot({ boot_id, parts }: Report): Boot {
  return { boot_id, seq: -1, parts, sent_at_ms: 0, pairs: new Map(), paths: new Map() };
}

function checkParts({ parts }: Report, expected: number | undefined): void {
  if (expected === undefined || parts === expected) return;
  throw new ReportRejected('parts_changed', `${parts} parts, ${expected} before`);
}

function checkTotals({ report: { policies }, keys }: DecodedReport, boot: Boot | Lane): void {
  for (let i = 0; i < policies.length; i++) {
    const pair = policies[i]!;
    const before = boot.pairs.get(keys[i]!);
    if (!before || (pair.packets >= before.packets && pair.bytes >= before.bytes)) continue;
    const name = pair.packets < before.packets ? 'packets' : 'bytes';
    throw new ReportRejected(
      'total_went_down',
      `${name} of policy "${pair.policy_id}", endpoint "${pair.endpoint_id}": ${pair[name]} after ${before[name]}`,
    );
  }
}

function applyToCurrentBoot(
  lane: Lane,
  { report, keys, sent_at_ms }: DecodedReport,
  changes: LaneChanges,
): void {
  for (let i = 0; i < keys.length; i++) {
    const { packets, bytes, active_flows } = report.policies[i]!;
    const pair = pairOf(lane, report.policies[i]!, keys[i]);
    changes.add(pair.policy_id, packets - pair.packets, bytes - pair.bytes, active_flows - pair.active_flows);
    pair.packets = packets;
    pair.bytes = bytes;
    pair.active_flows = active_flows;
  }
  const someLeftOut = lane.pairs.size > keys.length;
  if (someLeftOut) takeOutGauges(lane, changes, { except: new Set(keys) });
  addPathsOfCurrentBoot(lane, report.paths);
  lane.seq = report.seq;
  lane.sent_at_ms = sent_at_ms;
  lane.site_id = report.site_id;
  lane.policies_version = report.policies_version;
  lane.interval_s = report.interval_s;
}

function applyToEarlierBoot(
  { lane, boots }: FoldState,
  boot: Boot,
  { report, keys, sent_at_ms }: DecodedReport,
  changes: LaneChanges,
): void {
  for (const [i, key] of keys.entries()) {
    const { policy_id, endpoint_id, packets, bytes } = report.policies[i]!;
    const before = boot.pairs.get(key);
    const morePackets = packets - (before?.packets ?? 0n);
    const moreBytes = bytes - (before?.bytes ?? 0n);
    boot.pairs.set(key, { policy_id, endpoint_id, packets, bytes });
    const pair = pairOf(lane, { policy_id, endpoint_id }, key);
    pair.earlier_packets += morePackets;
    pair.earlier_bytes += moreBytes;
    changes.add(policy_id, morePackets, moreBytes, 0);
  }
  addPathsOfEarlierBoot(lane, boot, report.paths);
  boot.seq = report.seq;
  boot.sent_at_ms = sent_at_ms;
  boots.set(boot.boot_id, boot);
  changes.boots.set(boot.boot_id, boot);
}

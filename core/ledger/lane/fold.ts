import type { DecodedReport } from '../../report/decode-report.ts';
import { ReportRejected } from '../../report/rejection.ts';
import type { Report } from '../../report/report.ts';
import { type Boot, newBoot } from './boot.ts';
import { addCurrentReport } from './current-report.ts';
import type { Lane } from './lane.ts';
import type { LaneState } from './lane-state.ts';
import { addLateReport } from './late-report.ts';
import { switchBoot } from './switch-boot.ts';

/** Where and when a report came in. */
export interface Arrival {
  /** Arrival in the stream, milliseconds. */
  at_ms: number;
  /** The counter slot of the shard that it came by. */
  slot: number;
}

/**
 * Adds a report to its lane. Reports carry totals since boot, so whatever was lost, repeated or reordered before, the lane's
 * totals are right for the highest `seq` of each boot.
 *
 * @returns the state after it; `state` itself when the report is old: its `seq` is not above the last one of its boot
 * @throws ReportRejected when it contradicts an earlier report of its boot
 */
export function foldReport(state: LaneState, decoded: DecodedReport, arrival: Arrival): LaneState {
  const { report } = decoded;
  const isCurrent = report.boot_id === state.lane.boot_id;
  const known = isCurrent ? state.lane : state.boots.get(report.boot_id);
  if (known && report.seq <= known.seq) return state;
  checkParts(report, known?.parts ?? state.parts.get(report.boot_id));
  return withArrival(isCurrent ? addCurrentReport(state, decoded) : addOtherBoot(state, decoded), arrival);
}

function addOtherBoot(state: LaneState, decoded: DecodedReport): LaneState {
  const { report, sent_at_ms } = decoded;
  const known = state.boots.get(report.boot_id);
  const boot = known ?? newBoot(report);
  const entered = known ? state : withParts(state, report);
  return becomesCurrent(state.lane, known, sent_at_ms)
    ? addCurrentReport(switchBoot(entered, boot), decoded)
    : addLateReport(entered, boot, decoded);
}

// See docs/decisions/010: the boot that spoke last by its own clock is current; only gauges and display depend on it.
function becomesCurrent(lane: Lane, known: Boot | undefined, sent_at_ms: number): boolean {
  return known ? sent_at_ms > lane.sent_at_ms : sent_at_ms >= lane.sent_at_ms;
}

function checkParts({ parts }: Report, expected: number | undefined): void {
  if (expected === undefined || parts === expected) return;
  throw new ReportRejected('parts_changed', `${parts} parts, ${expected} before`);
}

function withParts(state: LaneState, { boot_id, parts }: Report): LaneState {
  const { changes } = state;
  return { ...state, changes: { ...changes, parts: new Map(changes.parts).set(boot_id, parts) } };
}

function withArrival(state: LaneState, { at_ms, slot }: Arrival): LaneState {
  const { lane } = state;
  const first_heard_at_ms = Math.min(lane.first_heard_at_ms, at_ms);
  const last_heard_at_ms = Math.max(lane.last_heard_at_ms, at_ms);
  return { ...state, lane: { ...lane, slot, first_heard_at_ms, last_heard_at_ms } };
}

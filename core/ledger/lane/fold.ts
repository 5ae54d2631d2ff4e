import type { DecodedReport } from '../../report/decode-report.ts';
import { ReportRejected } from '../../report/rejection.ts';
import type { Report } from '../../report/report.ts';
import { type Arrival, heardAt } from './arrival.ts';
import { type Boot, newBoot } from './boot.ts';
import { addCurrentReport, addOldReport } from './current-report.ts';
import type { Lane } from './lane.ts';
import type { LaneState } from './lane-state.ts';
import { addLateReport } from './late-report.ts';
import { switchBoot } from './switch-boot.ts';

/**
 * Limit between two reports of a boot that both arrived. A larger jump is a broken report, which
 * would make all later ones old.
 */
const MAX_SEQ_JUMP = 10_000_000;

/**
 * Adds a report to its lane. Reports carry totals since boot. So whatever was lost, repeated or
 * reordered before, the lane's totals of a pair are correct for the highest `seq` of each boot that
 * named it.
 *
 * @returns the state after it; `state` itself when the report is old and has nothing to add
 * @throws ReportRejected when it contradicts another report of its boot
 */
export function foldReport(state: LaneState, decoded: DecodedReport, arrival: Arrival): LaneState {
  const { report } = decoded;
  const isCurrent = report.boot_id === state.lane.boot_id;
  const known = isCurrent ? state.lane : state.boots.get(report.boot_id);
  checkParts(report, known?.parts ?? state.parts.get(report.boot_id));
  if (known) checkSeq(report, known);
  return isCurrent ? addToCurrent(state, decoded, arrival) : addToOther(state, decoded, arrival);
}

function addToCurrent(state: LaneState, decoded: DecodedReport, arrival: Arrival): LaneState {
  const isNewest = decoded.report.seq > state.lane.seq;
  if (isNewest) return addCurrentReport(state, decoded, arrival);
  const next = addOldReport(state, decoded, arrival);
  return next === state ? state : withArrival(next, arrival);
}

function addToOther(state: LaneState, decoded: DecodedReport, arrival: Arrival): LaneState {
  const { report } = decoded;
  const known = state.boots.get(report.boot_id);
  const boot = known ?? newBoot(report);
  const entered = known ? state : withParts(state, report);
  // A report never counts as sent after its arrival: a clock that was once in the future would keep
  // its boot current for good.
  const sent_at_ms = Math.min(decoded.sent_at_ms, arrival.at_ms);
  if (report.seq > boot.seq && becomesCurrent(state.lane, known, sent_at_ms)) {
    return addCurrentReport(switchBoot(entered, boot), decoded, arrival);
  }
  const next = addLateReport(entered, boot, decoded, arrival);
  return next === state ? state : withArrival(next, arrival);
}

// The boot that reported last by the edge's clock is current (docs/decisions/010). Gauges and what
// is displayed depend on it, totals do not.
function becomesCurrent(lane: Lane, known: Boot | undefined, sent_at_ms: number): boolean {
  return known ? sent_at_ms > lane.sent_at_ms : sent_at_ms >= lane.sent_at_ms;
}

function checkParts({ parts }: Report, expected: number | undefined): void {
  if (expected === undefined || parts === expected) return;
  throw new ReportRejected('parts_changed', `${parts} parts, ${expected} before`);
}

function checkSeq({ seq }: Report, known: Pick<Boot, 'seq'>): void {
  if (seq - known.seq <= MAX_SEQ_JUMP) return;
  throw new ReportRejected('seq_jumped', `report ${seq} after report ${known.seq}`);
}

function withParts(state: LaneState, { boot_id, parts }: Report): LaneState {
  const { changes } = state;
  return { ...state, changes: { ...changes, parts: new Map(changes.parts).set(boot_id, parts) } };
}

function withArrival(state: LaneState, arrival: Arrival): LaneState {
  return { ...state, lane: { ...state.lane, ...heardAt(state.lane, arrival) } };
}

import { type Arrival, foldReport } from '../ledger/lane/fold.ts';
import type { FoldState } from '../ledger/lane/fold-state.ts';
import { type Lane, newLane } from '../ledger/lane/lane.ts';
import { LaneChanges } from '../ledger/lane/lane-changes.ts';
import { policiesWithGauges, takeOutGauges } from '../ledger/lane/lane-gauges.ts';
import { decodeBoot } from '../ledger/packing/boot-codec.ts';
import { decodeLane, encodeLane } from '../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable } from '../ledger/packing/packed-item.ts';
import type { DecodedReport } from '../report/decode-report.ts';
import { ReportRejected } from '../report/rejection.ts';
import type { Report } from '../report/report.ts';
import { TRANSACTION_MAX_ACTIONS } from '../storage/tables.ts';

/** A lane as it stands in the table; `version` 0 and no data where there is none yet. */
export interface StoredLane {
  edge_id: string;
  part: number;
  version: number;
  /** Its current boot; empty where there is none yet, or none that can be read. */
  boot_id: string;
  data?: Uint8Array;
}

/** A report on its way into a lane. */
export interface PendingReport extends Arrival {
  decoded: DecodedReport;
}

/** What became of a report in a step. */
export type ReportOutcome<P extends PendingReport> =
  | { pending: P; result: 'applied' | 'old' }
  | { pending: P; result: 'rejected'; reason: ReportRejected };

/** One write of a lane that fits one transaction, and the reports that are dealt with once it is written. */
export interface LaneStep<P extends PendingReport = PendingReport> {
  base: StoredLane;
  /** The lane as it will stand; the same as `base` where nothing has to be written. */
  next: StoredLane;
  slot: number;
  changes: LaneChanges;
  outcomes: ReportOutcome<P>[];
}

export interface LaneStepInput<P extends PendingReport> {
  base: StoredLane;
  /** The lane's boots that its reports name, packed as stored, by id. */
  boots: ReadonlyMap<string, Uint8Array>;
  partsOf: Map<string, number>;
  /** In the order of arrival. */
  reports: readonly P[];
  /** At most this many reports in the step: 1 isolates a report that the database refuses. */
  maxReports?: number;
}

/** With the lane itself, 400 KB each, they stay below a transaction's 4 MB. */
const MAX_BOOTS_A_STEP = 8;

const LANE_AND_HEARD_EDGE = 2;

/** Below an item's limit of 400 KB, with room for keys. */
const MAX_LANE_BYTES = 380_000;

/**
 * Folds as many of a lane's reports as fit one transaction, in the order of arrival. Where a single report and the gauges
 * of the one before would not fit, the step takes only the gauges out, and deals with no report.
 */
export function nextLaneStep<P extends PendingReport>(input: LaneStepInput<P>): LaneStep<P> {
  const { base, reports, maxReports = Number.POSITIVE_INFINITY } = input;
  const lane = openLane(base);
  if (lane instanceof ReportRejected) return rejectAll(base, reports, lane);
  const state: FoldState = { lane, boots: new Map(), partsOf: input.partsOf };
  const changes = new LaneChanges();
  const outcomes: ReportOutcome<P>[] = [];
  let { slot } = state.lane;
  for (const pending of reports.slice(0, maxReports)) {
    slot = pending.slot;
    const broken = openBoot(pending, state, input.boots);
    if (broken) {
      outcomes.push({ pending, result: 'rejected', reason: broken });
      continue;
    }
    if (!fits(pending, state, changes)) {
      if (outcomes.length === 0) takeOutGauges(state.lane, changes);
      break;
    }
    outcomes.push(fold(pending, state, changes));
  }
  if (!changes.touched) return { base, next: base, slot, changes, outcomes };
  const data = encodeLane(state.lane);
  if (data.length > MAX_LANE_BYTES) return withoutGrowth(input, outcomes.length, data.length);
  const { boot_id } = state.lane;
  return { base, next: { ...base, version: base.version + 1, boot_id, data }, slot, changes, outcomes };
}

function openLane(base: StoredLane): Lane | ReportRejected {
  try {
    return base.data ? decodeLane(base, base.data) : newLane(base);
  } catch (cause) {
    return unreadable(cause);
  }
}

/** Unpacks the boot that a report names, where it is neither current nor unpacked yet. */
function openBoot(
  { decoded }: PendingReport,
  { lane, boots }: FoldState,
  stored: ReadonlyMap<string, Uint8Array>,
): ReportRejected | undefined {
  const { boot_id } = decoded.report;
  const data = stored.get(boot_id);
  if (data === undefined || boot_id === lane.boot_id || boots.has(boot_id)) return undefined;
  try {
    boots.set(boot_id, decodeBoot(boot_id, data));
    return undefined;
  } catch (cause) {
    return unreadable(cause);
  }
}

function unreadable(cause: unknown): ReportRejected {
  if (!(cause instanceof PackedDataUnreadable)) throw cause;
  return new ReportRejected('lane_unreadable', cause.message, { cause });
}

// An upper bound: the policies of the report and of all gauges, the boot that closes and the one that is written late.
function fits(
  { decoded: { report } }: PendingReport,
  { lane, boots }: FoldState,
  changes: LaneChanges,
): boolean {
  const isCurrent = report.boot_id === lane.boot_id;
  const bootItems = changes.boots.size + (isCurrent ? 0 : 2);
  const partsItems = changes.parts.size + (isCurrent || boots.has(report.boot_id) ? 0 : 1);
  const items = LANE_AND_HEARD_EDGE + bootItems + partsItems;
  const room = TRANSACTION_MAX_ACTIONS - items;
  if (bootItems > MAX_BOOTS_A_STEP) return false;
  const atMost = changes.counters.size + report.policies.length + lane.pairs.size;
  return atMost <= room || touchedPolicies(report, lane, changes).size <= room;
}

function touchedPolicies(report: Report, lane: Lane, changes: LaneChanges): Set<string> {
  const policies = policiesWithGauges(lane);
  for (const policy_id of changes.counters.keys()) policies.add(policy_id);
  for (const { policy_id } of report.policies) policies.add(policy_id);
  return policies;
}

function fold<P extends PendingReport>(pending: P, state: FoldState, changes: LaneChanges): ReportOutcome<P> {
  try {
    return { pending, result: foldReport(state, pending.decoded, pending, changes) };
  } catch (reason) {
    if (reason instanceof ReportRejected) return { pending, result: 'rejected', reason };
    throw reason;
  }
}

function rejectAll<P extends PendingReport>(
  base: StoredLane,
  reports: readonly P[],
  reason: ReportRejected,
): LaneStep<P> {
  const outcomes = reports.map(pending => ({ pending, result: 'rejected' as const, reason }));
  return { base, next: base, slot: 0, changes: new LaneChanges(), outcomes };
}

// Reports one by one, so that only those go that would make the lane too large.
function withoutGrowth<P extends PendingReport>(
  input: LaneStepInput<P>,
  reports: number,
  bytes: number,
): LaneStep<P> {
  if (reports > 1) return nextLaneStep({ ...input, maxReports: 1 });
  const reason = new ReportRejected('lane_too_large', `${bytes} bytes`);
  return rejectAll(input.base, input.reports.slice(0, 1), reason);
}

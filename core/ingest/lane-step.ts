import type { Arrival } from '../ledger/lane/arrival.ts';
import { checkLaneSize } from '../ledger/lane/check-lane-size.ts';
import { foldReport } from '../ledger/lane/fold.ts';
import { policiesWithGauges, withdrawGauges } from '../ledger/lane/gauges.ts';
import { addedListing, wholeListing } from '../ledger/lane/lane-listing.ts';
import { type LaneState, NO_CHANGES } from '../ledger/lane/lane-state.ts';
import { hasIdlePairs, removeIdlePairs } from '../ledger/lane/remove-idle-pairs.ts';
import { encodeLane } from '../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable } from '../ledger/packing/packed-item.ts';
import { randomVersion } from '../ledger/random-version.ts';
import type { DecodedReport } from '../report/decode-report.ts';
import { ReportRejected } from '../report/rejection.ts';
import type { Report } from '../report/report.ts';
import { TRANSACTION_MAX_ACTIONS } from '../storage/tables.ts';
import type { LaneWrite } from './lane-transaction.ts';

/** A lane as stored, decoded once, with the boots that its reports name. Immutable. */
export interface StoredLane {
  readonly edge_id: string;
  readonly part: number;
  /** 0: there is no item yet. */
  readonly version: number;
  /** Known from memory alone: the table may have been restored to an earlier time since. */
  readonly remembered: boolean;
  /**
   * Whether readers find it by its site and endpoints; a lane of an earlier release may be listed
   * nowhere.
   */
  readonly listed: boolean;
  /** The lane without changes, or why this release can't read it. */
  readonly state: LaneState | PackedDataUnreadable;
  /** Boots that this release can't read, by id. */
  readonly unreadable_boots: ReadonlyMap<string, PackedDataUnreadable>;
  /** Boots that were voided: none of their reports counts. */
  readonly voided_boots?: ReadonlySet<string>;
}

/** A report on its way into a lane. */
export interface PendingReport extends Arrival {
  decoded: DecodedReport;
}

/** The result of a report in a step. */
export type ReportOutcome<P extends PendingReport> =
  | { pending: P; result: 'applied' | 'old' }
  | { pending: P; result: 'rejected'; reason: ReportRejected };

/**
 * A boot of an edge that has fewer parts than the boot before. The gauges of the others have to be
 * withdrawn.
 */
export interface FewerParts {
  edge_id: string;
  boot_id: string;
  sent_at_ms: number;
  /** Parts of the boot, and of the boot before. */
  parts: number;
  parts_before: number;
}

/** The next step of a lane: the reports that it settles, and the write that this needs. */
export interface LaneStep<P extends PendingReport = PendingReport> {
  outcomes: ReportOutcome<P>[];
  /** Undefined if nothing has to be written: the reports are old or rejected. */
  write: LaneWrite | undefined;
  /** The boot that became current, if it has fewer parts than the one before. */
  fewer_parts?: FewerParts | undefined;
  /** The lane after the step. */
  next: StoredLane;
}

export interface LaneStepInput<P extends PendingReport> {
  stored: StoredLane;
  /** In the order of arrival. */
  reports: readonly P[];
  /** At most this many reports in the step: 1 isolates a report that the database refuses. */
  maxReports?: number;
}

/**
 * Boots of a step at most. With the lane itself, 400 KB each, they stay below a transaction's 4 MB.
 */
const MAX_BOOTS_A_STEP = 8;

const LANE_AND_HEARD_EDGE = 2;

/** The boot's own item, and the one that marks it as recent. */
const ITEMS_A_BOOT = 2;

/** Limit of a lane's data: an item's 400 KB less room for keys. */
const MAX_LANE_BYTES = 380_000;

/**
 * Folds as many of a lane's reports as fit one transaction, in the order of arrival. If a single
 * report and the gauges of the one before don't fit, the step only withdraws the gauges, and
 * settles no report.
 */
export function nextLaneStep<P extends PendingReport>(input: LaneStepInput<P>): LaneStep<P> {
  const { stored, reports, maxReports = Number.POSITIVE_INFINITY } = input;
  if (stored.state instanceof PackedDataUnreadable) {
    return withoutWrite(stored, reject(reports, unreadable(stored.state)));
  }
  let { state } = stored;
  let { slot } = state.lane;
  let fewer_parts: FewerParts | undefined;
  const outcomes: ReportOutcome<P>[] = [];
  for (const pending of reports.slice(0, maxReports)) {
    slot = pending.slot;
    const { report } = pending.decoded;
    const barred = barredBoot(stored, report);
    if (!barred && !fits(report, state)) {
      if (outcomes.length === 0) state = withdrawGauges(state);
      break;
    }
    const folded = barred ?? fold(state, pending);
    if (folded instanceof ReportRejected) {
      outcomes.push({ pending, result: 'rejected', reason: folded });
    } else {
      outcomes.push({ pending, result: folded === state ? 'old' : 'applied' });
      if (folded.lane.boot_id !== state.lane.boot_id) fewer_parts = fewerParts(folded.lane);
      state = folded;
    }
  }
  if (state === stored.state) return withoutWrite(stored, outcomes);
  // The surplus parts that the stored lane names were withdrawn before this step.
  if (!fewer_parts && state.lane.parts_before !== 0)
    state = { ...state, lane: { ...state.lane, parts_before: 0 } };
  const before = stored.state.lane;
  const listing = stored.listed ? addedListing(before, state.lane) : wholeListing(before, state);
  state = withoutIdlePairs(state, reports[outcomes.length - 1]);
  const data = encodeLane(state.lane);
  if (data.length > MAX_LANE_BYTES) return withoutGrowth(input, outcomes.length, data.length);
  const { edge_id, part } = stored;
  const item = { edge_id, part, version: randomVersion(), data, listed: true };
  return {
    outcomes,
    write: {
      item,
      base_version: stored.version,
      slot,
      counted_in: state.lane.counted_in,
      changes: state.changes,
      listing,
      heard_at_ms: reports[0]?.at_ms,
    },
    fewer_parts,
    next: {
      ...stored,
      version: item.version,
      remembered: false,
      listed: true,
      state: { ...state, changes: NO_CHANGES },
    },
  };
}

/** Why reports of this boot can't be counted; undefined for nearly all boots. */
function barredBoot(
  { voided_boots, unreadable_boots }: StoredLane,
  { boot_id }: Report,
): ReportRejected | undefined {
  if (voided_boots?.has(boot_id)) return new ReportRejected('boot_voided', `boot "${boot_id}"`);
  const broken = unreadable_boots.get(boot_id);
  return broken && unreadable(broken);
}

function fold(state: LaneState, pending: PendingReport): LaneState | ReportRejected {
  try {
    const folded = foldReport(state, pending.decoded, pending);
    checkLaneSize(state.lane, folded.lane);
    return folded;
  } catch (reason) {
    if (reason instanceof ReportRejected) return reason;
    throw reason;
  }
}

/** The surplus parts of the lane's previous boot; undefined if it had no more parts. */
export function fewerParts({
  edge_id,
  boot_id,
  sent_at_ms,
  parts,
  parts_before,
}: LaneState['lane']): FewerParts | undefined {
  return parts_before === 0 ? undefined : { edge_id, boot_id, sent_at_ms, parts, parts_before };
}

// If this step has no room for it, a later one has. A step that only withdraws gauges has no
// report.
function withoutIdlePairs(state: LaneState, last: PendingReport | undefined): LaneState {
  const { lane, idle, changes } = state;
  if (!last || !hasIdlePairs(lane, last.at_ms)) return state;
  const isRead = lane.idle_version === 0 || idle !== undefined;
  const boots = changes.boots.size * ITEMS_A_BOOT;
  const actions = LANE_AND_HEARD_EDGE + changes.counters.size + boots + changes.parts.size;
  if (!isRead || actions >= TRANSACTION_MAX_ACTIONS) return state;
  return removeIdlePairs(state, { at_ms: last.at_ms, version: randomVersion() });
}

// An upper bound: the policies of the report and of all gauges, the boot that closes, and a late
// report's boot.
function fits(report: Report, { lane, boots, changes }: LaneState): boolean {
  const isCurrent = report.boot_id === lane.boot_id;
  const bootItems = changes.boots.size + (isCurrent ? 0 : 2);
  const partsItems = changes.parts.size + (isCurrent || boots.has(report.boot_id) ? 0 : 1);
  const items = LANE_AND_HEARD_EDGE + bootItems * ITEMS_A_BOOT + partsItems;
  const room = TRANSACTION_MAX_ACTIONS - items;
  if (bootItems > MAX_BOOTS_A_STEP) return false;
  const atMost = changes.counters.size + report.policies.length + lane.pairs.size;
  return atMost <= room || touchedPolicies(report, { lane, changes }).size <= room;
}

function touchedPolicies(
  report: Report,
  { lane, changes }: Pick<LaneState, 'lane' | 'changes'>,
): Set<string> {
  const policies = policiesWithGauges(lane);
  for (const policy_id of changes.counters.keys()) policies.add(policy_id);
  for (const { policy_id } of report.policies) policies.add(policy_id);
  return policies;
}

function withoutWrite<P extends PendingReport>(
  stored: StoredLane,
  outcomes: ReportOutcome<P>[],
): LaneStep<P> {
  return { outcomes, write: undefined, next: stored };
}

// Folds reports one by one, so that only those are rejected that would make the lane too large.
function withoutGrowth<P extends PendingReport>(
  input: LaneStepInput<P>,
  reports: number,
  bytes: number,
): LaneStep<P> {
  if (reports > 1) return nextLaneStep({ ...input, maxReports: 1 });
  const reason = new ReportRejected('lane_too_large', `${bytes} bytes`);
  return withoutWrite(input.stored, reject(input.reports.slice(0, 1), reason));
}

function reject<P extends PendingReport>(reports: readonly P[], reason: ReportRejected): ReportOutcome<P>[] {
  return reports.map(pending => ({ pending, result: 'rejected', reason }));
}

function unreadable(cause: PackedDataUnreadable): ReportRejected {
  return new ReportRejected('lane_unreadable', cause.message, { cause });
}

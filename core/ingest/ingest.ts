import { CounterSlots } from '../ledger/figures/counter-slots.ts';
import { needsNewBoot, ReportRejected } from '../report/rejection.ts';
import { repeatUntil } from '../storage/retrying.ts';
import { applyLanes } from './apply-lanes.ts';
import { turnsOf } from './batch-turns.ts';
import type { IngestContext } from './ingest-context.ts';
import { groupByLane, type PendingRecord } from './lane-work.ts';
import { quarantineRecords } from './quarantine-records.ts';
import { readRecords } from './read-records.ts';
import type { StreamRecord } from './stream-record.ts';
import { untilDeadline } from './until-deadline.ts';
import { writeFlowLogs } from './write-flow-logs.ts';

/**
 * The first turn always begins, the others begin in this share of the time. The rest is delivered
 * again.
 */
const LAST_TURN_BEGINS = 0.5;

/**
 * Processes the records of one shard: counts each report once, quarantines records that can't be
 * counted, and logs flows.
 *
 * @returns the records that are not processed, in their order. The stream delivers again from there
 * on, which changes no count
 * @throws errors that a retry can't solve (no such table, no permission, a bug): everything is
 * delivered again
 */
export async function ingest(
  records: readonly StreamRecord[],
  context: IngestContext,
): Promise<StreamRecord[]> {
  const begun = context.clock();
  const lastTurnBegins = begun + (context.deadline - begun) * LAST_TURN_BEGINS;
  const done = new Set<StreamRecord>();
  for (const [turn, share] of turnsOf(records).entries()) {
    if (turn > 0 && context.clock() > lastTurnBegins) break;
    for (const record of await ingestTurn(share, context)) done.add(record);
  }
  const left = records.filter(record => !done.has(record));
  context.tally.ReportsNotApplied += left.length;
  if (left.length > 0) {
    const { shard_id, sequence_number } = left[0]!;
    context.warn('Not all records were processed in time; they are delivered again.', {
      records: left.length,
      shard_id,
      sequence_number,
    });
  }
  return left;
}

/** Returns the records that are processed. */
async function ingestTurn(records: readonly StreamRecord[], context: IngestContext): Promise<StreamRecord[]> {
  const read = await untilDeadline(readRecords(records, context));
  if (!read) return [];
  const reports = read.map(({ result }) => result).filter(isReadable);
  const logged = writeFlowLogs(reports, context);
  const covered = await untilDeadline(coverSlots(reports, context));
  const outcomes = covered ? await applyLanes(groupByLane(reports), context) : [];
  const rejected = [
    ...read.flatMap(({ record, result }) =>
      result instanceof ReportRejected ? [{ record, reason: result }] : [],
    ),
    ...outcomes.flatMap(outcome =>
      outcome.result === 'rejected' ? [{ record: outcome.pending.record, reason: outcome.reason }] : [],
    ),
  ];
  for (const { record, reason } of rejected) context.onRejected?.(record, reason);
  const counted = outcomes.filter(({ result }) => result !== 'rejected').map(({ pending }) => pending);
  const applied = outcomes.filter(({ result }) => result === 'applied').map(({ pending }) => pending);
  // Path measurements don't wait for the quarantine.
  const passed = passPathReports(applied, context);
  try {
    const quarantined = await quarantineRecords(rejected, context);
    return [...quarantined, ...counted.map(({ record }) => record)];
  } finally {
    await Promise.all([passed, logged, passContradictions(outcomes, context)]);
  }
}

function isReadable(result: PendingRecord | ReportRejected): result is PendingRecord {
  return !(result instanceof ReportRejected);
}

/**
 * Makes readers sum the slots of these reports before anything is counted in them.
 * @throws Throttled or Conflict at the deadline
 */
async function coverSlots(reports: readonly PendingRecord[], context: IngestContext): Promise<true> {
  const { client, tables, slots: setting, covered_slots = new CounterSlots() } = context;
  for (const slot of new Set(reports.map(report => report.slot))) {
    await repeatUntil(context, () => covered_slots.cover(slot, { client, tables, setting }));
  }
  return true;
}

async function passPathReports(applied: readonly PendingRecord[], context: IngestContext): Promise<void> {
  const reports = applied
    .filter(({ decoded }) => decoded.report.paths.length > 0)
    .map(({ decoded, at_ms }) => ({ report: decoded.report, arrived_at_ms: at_ms }));
  if (!context.onPathReports || reports.length === 0) return;
  try {
    await context.onPathReports(reports);
  } catch (cause) {
    context.warn('Path measurements were not passed on.', { reports: reports.length, cause });
  }
}

async function passContradictions(
  outcomes: Awaited<ReturnType<typeof applyLanes>>,
  context: IngestContext,
): Promise<void> {
  const contradictions = outcomes.flatMap(outcome => {
    if (outcome.result !== 'rejected' || !needsNewBoot(outcome.reason.code)) return [];
    const { edge_id, boot_id, part, seq } = outcome.pending.decoded.report;
    return [{ edge_id, boot_id, part, seq, reason: outcome.reason.message }];
  });
  if (!context.onContradictions || contradictions.length === 0) return;
  try {
    await context.onContradictions(contradictions);
  } catch (cause) {
    context.warn('Edges were not notified of refused reports.', { reports: contradictions.length, cause });
  }
}

import { decodeReport } from '../report/decode-report.ts';
import { needsNewBoot, ReportRejected } from '../report/rejection.ts';
import { applyLanes } from './apply-lanes.ts';
import type { IngestContext } from './ingest-context.ts';
import { groupByLane, type PendingRecord } from './lane-work.ts';
import { putInQuarantine } from './quarantine.ts';
import { type StreamRecord, slotOfShard } from './stream-record.ts';
import { untilDeadline } from './until-deadline.ts';
import { writeFlowLogs } from './write-flow-logs.ts';

/**
 * Deals with the records of one shard: counts each report once, puts what can't be read into the quarantine, logs flows.
 *
 * @returns the records that are not dealt with, in their order; the stream delivers again from the first of them on, which
 * changes no count
 * @throws what repeating can't help (no such table, no permission, a bug): everything is delivered again
 */
export async function ingest(
  records: readonly StreamRecord[],
  context: IngestContext,
): Promise<StreamRecord[]> {
  const read = records.map(record => ({ record, result: readRecord(record, context) }));
  const reports = read.flatMap(({ result }) => (result instanceof ReportRejected ? [] : [result]));
  const notLogged = await writeFlowLogs(reports, context);
  const outcomes = await applyLanes(groupByLane(reports), context);
  const rejected = [
    ...read.flatMap(({ record, result }) =>
      result instanceof ReportRejected ? [{ record, reason: result }] : [],
    ),
    ...outcomes.flatMap(outcome =>
      outcome.result === 'rejected' ? [{ record: outcome.pending.record, reason: outcome.reason }] : [],
    ),
  ];
  const quarantined = await Promise.all(
    rejected.map(async ({ record, reason }) => ((await quarantine(record, reason, context)) ? [record] : [])),
  );
  const counted = outcomes.filter(({ result }) => result !== 'rejected').map(({ pending }) => pending);
  await passPathReports(
    outcomes.filter(({ result }) => result === 'applied').map(({ pending }) => pending),
    context,
  );
  await passContradictions(outcomes, context);
  const done = new Set([
    ...quarantined.flat(),
    ...counted.filter(pending => !notLogged.has(pending)).map(({ record }) => record),
  ]);
  const left = records.filter(record => !done.has(record));
  context.tally.ReportsNotApplied += left.length;
  return left;
}

function readRecord(record: StreamRecord, { slots, tally }: IngestContext): PendingRecord | ReportRejected {
  try {
    const decoded = decodeReport(record.data, record.partition_key);
    tally.UnknownFields += decoded.unknown_fields;
    return { record, decoded, at_ms: record.arrived_at_ms, slot: slotOfShard(record.shard_id, slots) };
  } catch (reason) {
    if (reason instanceof ReportRejected) return reason;
    throw reason;
  }
}

async function quarantine(
  record: StreamRecord,
  reason: ReportRejected,
  context: IngestContext,
): Promise<boolean> {
  const { partition_key, shard_id, sequence_number } = record;
  const put = putInQuarantine(record, reason, context).then(() => true);
  if (!(await untilDeadline(put))) return false;
  context.tally.ReportsQuarantined++;
  context.warn('A report was put into the quarantine.', {
    reason: reason.code,
    message: reason.message,
    partition_key,
    shard_id,
    sequence_number,
  });
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
    context.warn('Edges were not told of refused reports.', { reports: contradictions.length, cause });
  }
}

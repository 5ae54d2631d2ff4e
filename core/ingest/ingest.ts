import { Conflict, Throttled } from '../errors.ts';
import { decodeReport } from '../report/decode-report.ts';
import { ReportRejected } from '../report/rejection.ts';
import { applyLanes } from './apply-lanes.ts';
import type { IngestContext } from './ingest-context.ts';
import type { ReportOutcome } from './lane-step.ts';
import { groupByLane, type PendingRecord } from './lane-work.ts';
import { putInQuarantine } from './quarantine.ts';
import { type StreamRecord, slotOfShard } from './stream-record.ts';
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
  const open = new Set(records);
  const rejected: [StreamRecord, ReportRejected][] = [];
  const reports: PendingRecord[] = [];
  for (const record of records) {
    const read = readRecord(record, context);
    if (read instanceof ReportRejected) rejected.push([record, read]);
    else reports.push(read);
  }
  const logged = writeFlowLogs(reports, context);
  const applied: PendingRecord[] = [];
  const settle = (outcome: ReportOutcome<PendingRecord>): void => {
    const { pending, result } = outcome;
    if (result === 'rejected') rejected.push([pending.record, outcome.reason]);
    else open.delete(pending.record);
    if (result === 'old') context.tally.ReportsOld++;
    if (result !== 'applied') return;
    context.tally.ReportsApplied++;
    applied.push(pending);
  };
  await untilDeadline(applyLanes(groupByLane(reports), context, settle));
  await Promise.all(
    rejected.map(async ([record, reason]) => {
      if (await quarantine(record, reason, context)) open.delete(record);
    }),
  );
  await passPathReports(applied, context);
  await logged;
  const left = records.filter(record => open.has(record));
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

// What isn't done at the deadline stays open; nothing else is wrong.
async function untilDeadline(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (cause) {
    if (cause instanceof Throttled || cause instanceof Conflict) return false;
    throw cause;
  }
}

async function quarantine(
  record: StreamRecord,
  reason: ReportRejected,
  context: IngestContext,
): Promise<boolean> {
  const { partition_key, shard_id, sequence_number } = record;
  if (!(await untilDeadline(putInQuarantine(record, reason, context)))) return false;
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

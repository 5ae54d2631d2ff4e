import { isNotAuthentic, type ReportRejected } from '../report/rejection.ts';
import { atOnce } from '../storage/at-once.ts';
import type { IngestContext } from './ingest-context.ts';
import { putInQuarantine, quarantinePlace, readWritten } from './quarantine.ts';
import { RepeatLog } from './repeat-log.ts';
import type { StreamRecord } from './stream-record.ts';
import { untilDeadline } from './until-deadline.ts';

/**
 * How long the quarantine may delay a batch after its counts. Records that aren't written by then
 * are delivered again.
 */
const MAX_MS = 5000;

/** Puts under way at once: the SDK keeps 50 connections. */
const CONCURRENCY = 16;

/** A record that can't be counted, and why. */
export interface RejectedRecord {
  record: StreamRecord;
  reason: ReportRejected;
}

/**
 * Puts records into the quarantine, a few at a time, in at most five seconds. Each is written,
 * counted and logged once, however often it is delivered.
 *
 * @returns those that are in the quarantine now
 */
export async function quarantineRecords(
  rejected: readonly RejectedRecord[],
  context: IngestContext,
): Promise<StreamRecord[]> {
  if (rejected.length === 0) return [];
  const { clock, quarantined } = context;
  const repeats = new RepeatLog(context);
  const deadline = Math.min(context.deadline, clock() + MAX_MS);
  const writing = {
    ...context,
    deadline,
    onFailure: repeats.note.bind(repeats, 'A record could not be put into the quarantine yet.'),
  };
  const unknown = rejected.map(({ record }) => record).filter(record => !quarantined.has(record));
  const written = unknown.length > 0 ? await untilDeadline(readWritten(unknown, writing)) : [];
  for (const record of written ?? []) quarantined.add(record);
  const done: StreamRecord[] = [];
  let tried = written === undefined;
  await atOnce(CONCURRENCY, rejected, async ({ record, reason }) => {
    if (!quarantined.has(record)) {
      // Each batch tries at least one, so that there is progress however short the time is.
      if (tried && clock() >= deadline) return;
      tried = true;
      const isNew = await untilDeadline(putInQuarantine(record, reason, writing));
      if (isNew === undefined) return;
      quarantined.add(record);
      if (isNew) note(record, reason, context);
    }
    done.push(record);
  });
  return done;
}

// Not `message`: the logger reserves that name.
function note(record: StreamRecord, reason: ReportRejected, { tally, warn }: IngestContext): void {
  const { partition_key, shard_id, sequence_number } = record;
  tally.ReportsQuarantined++;
  if (isNotAuthentic(reason.code)) tally.ReportsNotAuthentic++;
  warn('A report was put into the quarantine.', {
    reason: reason.code,
    reason_text: reason.message,
    place: quarantinePlace(record),
    partition_key,
    shard_id,
    sequence_number,
  });
}

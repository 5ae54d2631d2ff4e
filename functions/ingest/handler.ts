import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { notifyRefusedBoots } from '../../core/commands/new-boot.ts';
import { EdgeKeyMemory } from '../../core/edge-keys/edge-key-memory.ts';
import { flowObjects } from '../../core/flows/flow-objects.ts';
import { RecentReports } from '../../core/flows/recent-reports.ts';
import { ingest } from '../../core/ingest/ingest.ts';
import { IngestTally } from '../../core/ingest/ingest-tally.ts';
import { LaneMemory } from '../../core/ingest/lane-memory.ts';
import { QuarantineMemory } from '../../core/ingest/quarantine-memory.ts';
import { CounterSlots } from '../../core/ledger/figures/counter-slots.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { makeS3Client } from '../../core/storage/s3-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { systemSchedule } from '../../core/time/schedule.ts';
import { beginLog, logger } from '../logger.ts';
import { countMetrics } from '../metrics.ts';
import { untilAnswered } from '../until-answered.ts';
import { environmentSchema } from './environment.ts';
import { toStreamRecord } from './kinesis-records.ts';
import { makePathMeasurements } from './path-measurements.ts';
import type { DeliveredRecord, RejectedReplay, ReplayAnswer, ReplayEvent } from './replay-event.ts';

/**
 * Timeout of one call to the database. A call that starts just before the deadline ends within the
 * margin.
 */
const REQUEST_TIMEOUT_MS = 3000;
const MARGIN_MS = 2 * REQUEST_TIMEOUT_MS;

const environment = environmentSchema.parse(process.env);
const memory = new LaneMemory();
const quarantined = new QuarantineMemory();
const covered_slots = new CounterSlots();
const edge_keys = new EdgeKeyMemory();
const client = makeDocumentClient({
  // The callers retry: they know which calls may be repeated.
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 1000,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  },
});
const tables = tablesOf(environment);
const store = { client, tables, clock: systemClock, sleep: systemSleep, random: Math.random };

/**
 * Counting has priority. An edge that is not notified within this time is notified with its next
 * report.
 */
const NOTIFY_WITHIN_MS = 3000;

const flow_log = {
  // A write is given up after two seconds, so that a hanging request leaves time for a second one.
  objects: flowObjects(
    makeS3Client({
      requestHandler: { connectionTimeout: 500, requestTimeout: 1500, throwOnRequestTimeout: true },
    }),
    environment.FLOW_BUCKET,
  ),
  schedule: systemSchedule,
};

const recent = new RecentReports();

const onPathReports = makePathMeasurements({ client, tables, logger, settings: environment });

/**
 * Counts the reports in a batch of one shard. The stream continues from the first record that was
 * not processed. A replay counts in the same way, but neither judges paths nor publishes metrics,
 * so it raises no alarms.
 */
async function handle(
  event: KinesisStreamEvent | ReplayEvent,
  lambda: Context,
): Promise<KinesisStreamBatchResponse | ReplayAnswer> {
  // A batch that is delivered again has the same id.
  beginLog(lambda, event.Records[0]?.eventID);
  const isReplay = 'replay' in event;
  const rejected: RejectedReplay[] = [];
  const tally = new IngestTally();
  const records = event.Records.map(toStreamRecord);
  const open = await ingest(records, {
    ...store,
    memory,
    quarantined,
    covered_slots,
    edge_keys,
    require_signed: environment.REQUIRE_SIGNED_REPORTS === 'on',
    tally,
    slots: environment.COUNTER_SLOTS,
    // A replay may be intended to write lost flows again.
    flow_log: isReplay ? flow_log : { ...flow_log, recent },
    flow_log_ttl_hours: environment.FLOW_LOG === 'on' ? environment.FLOW_LOG_TTL_HOURS : undefined,
    flow_log_mask_hosts: environment.FLOW_LOG_MASK_HOSTS === 'on',
    deadline: systemClock() + lambda.getRemainingTimeInMillis() - MARGIN_MS,
    ...(!isReplay && {
      onPathReports,
      onContradictions: refused =>
        notifyRefusedBoots({ ...store, deadline: systemClock() + NOTIFY_WITHIN_MS }, refused),
    }),
    onRejected: ({ sequence_number }, { code, message }) =>
      rejected.push({ sequence_number, reason: code, message }),
    warn: (message, details) => logger.warn(message, details),
  }).finally(() => {
    if (!isReplay) publish(tally);
  });
  const answered = await answer(event, lambda, new Set(open.map(record => record.sequence_number)));
  return isReplay ? { ...answered, rejected } : answered;
}

export const handler = untilAnswered(handle);

function answer(
  event: KinesisStreamEvent | ReplayEvent,
  context: Context,
  open: ReadonlySet<string>,
): Promise<KinesisStreamBatchResponse> {
  const checkRecord = async ({ kinesis }: DeliveredRecord): Promise<void> => {
    if (open.has(kinesis.sequenceNumber)) throw new Error('Not applied yet: it will be delivered again.');
  };
  const processor = new BatchProcessor(EventType.KinesisDataStreams);
  return processPartialResponse(event as KinesisStreamEvent, checkRecord, processor, {
    context,
    throwOnFullBatchFailure: false,
  });
}

function publish(tally: IngestTally): void {
  const { ReportsApplied, ReportsQuarantined, ReportsNotAuthentic, FlowLogsNotWritten, ...fields } = tally;
  const counts = { ReportsApplied, ReportsQuarantined, ReportsNotAuthentic, FlowLogsNotWritten };
  countMetrics('ingest', counts, fields);
}

import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type {
  Context,
  KinesisStreamBatchResponse,
  KinesisStreamEvent,
  KinesisStreamRecord,
} from 'aws-lambda';
import { ingest } from '../../core/ingest/ingest.ts';
import { IngestTally } from '../../core/ingest/ingest-tally.ts';
import { LaneMemory } from '../../core/ingest/lane-memory.ts';
import { QuarantineMemory } from '../../core/ingest/quarantine-memory.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { environmentSchema } from './environment.ts';
import { toStreamRecord } from './kinesis-records.ts';
import { makePathMeasurements } from './path-measurements.ts';

/** One call to the database at most; the last one that starts before the deadline ends within the margin. */
const REQUEST_TIMEOUT_MS = 3000;
const MARGIN_MS = 2 * REQUEST_TIMEOUT_MS;

const environment = environmentSchema.parse(process.env);
const logger = new Logger();
const metrics = new Metrics();
const memory = new LaneMemory();
const quarantined = new QuarantineMemory();
const client = makeDocumentClient({
  // Repeating is decided where it is known what may be repeated.
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 1000,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  },
});
const tables = tablesOf(environment);

const onPathReports = makePathMeasurements({ client, tables, logger, settings: environment });

/** Counts the reports of one shard's batch. The first record that is not dealt with is where the stream goes on. */
export async function handler(
  event: KinesisStreamEvent,
  lambda: Context,
): Promise<KinesisStreamBatchResponse> {
  logger.addContext(lambda);
  const tally = new IngestTally();
  const records = event.Records.map(toStreamRecord);
  const open = await ingest(records, {
    client,
    tables,
    memory,
    quarantined,
    tally,
    slots: environment.COUNTER_SLOTS,
    flow_log_ttl_hours: environment.FLOW_LOG === 'on' ? environment.FLOW_LOG_TTL_HOURS : undefined,
    flow_log_mask_hosts: environment.FLOW_LOG_MASK_HOSTS === 'on',
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    deadline: systemClock() + lambda.getRemainingTimeInMillis() - MARGIN_MS,
    onPathReports,
    warn: (message, details) => logger.warn(message, details),
  }).finally(() => publish(tally));
  return answer(event, lambda, new Set(open.map(record => record.sequence_number)));
}

function answer(
  event: KinesisStreamEvent,
  context: Context,
  open: ReadonlySet<string>,
): Promise<KinesisStreamBatchResponse> {
  const checkRecord = async ({ kinesis }: KinesisStreamRecord): Promise<void> => {
    if (open.has(kinesis.sequenceNumber)) throw new Error('Not applied yet: delivered again.');
  };
  const processor = new BatchProcessor(EventType.KinesisDataStreams);
  return processPartialResponse(event, checkRecord, processor, { context, throwOnFullBatchFailure: false });
}

function publish(tally: IngestTally): void {
  for (const [name, value] of Object.entries(tally)) metrics.addMetric(name, MetricUnit.Count, value);
  metrics.publishStoredMetrics();
}

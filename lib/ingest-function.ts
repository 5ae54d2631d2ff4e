import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { KinesisEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { alarmOnLostPaths } from './alarm-on-lost-paths.ts';
import { alarmOnStreamAge } from './alarm-on-stream-age.ts';
import { ALARM_PERIOD } from './alarm-topic.ts';
import type { DataStack } from './data-stack.ts';
import type { FlowLogStack } from './flow-log-stack.ts';
import { GradualFunction } from './gradual-function.ts';
import { reserve } from './reserved-concurrency.ts';
import type { Settings } from './settings.ts';
import { cacheEnvironment } from './shared-environment.ts';
import {
  grantAppend,
  grantCaching,
  grantPutAndUpdate,
  grantRead,
  grantReadNetwork,
  grantWriteExcept,
} from './table-grants.ts';

/**
 * Partitions of the Network table that only the API and the functions that react to its changes
 * write.
 */
const INVENTORY = [
  ...['AUDIT#*', 'POLICY', 'ROUTING', 'EDGE', 'KEYS#*', 'KEY#*', 'KEY_CHANGES', 'SITE#*', 'SITES'],
  ...['DELETION', 'ARCHIVE#*', 'ARCHIVES', 'WAITING#*'],
];

export interface IngestProps {
  settings: Settings;
  data: DataStack;
  flows: FlowLogStack;
  stream: IStream;
}

/** The function that counts reports, with its alarms. */
export function makeIngest(scope: Construct, { settings, data, flows, stream }: IngestProps) {
  const ingest = new GradualFunction(scope, 'Ingest', {
    folder: 'ingest',
    data,
    description: 'Adds the reports of the edges to the counters, exactly once',
    timeout: Duration.seconds(60),
    memory: 1024,
    ...reserve(settings, settings.shards),
    environment: {
      FLOW_BUCKET: flows.bucket.bucketName,
      FLOW_LOG: settings.flow_log_ttl_hours === 0 ? 'off' : 'on',
      FLOW_LOG_TTL_HOURS: String(settings.flow_log_ttl_hours),
      FLOW_LOG_MASK_HOSTS: settings.flow_log_mask_hosts ? 'on' : 'off',
      COUNTER_SLOTS: String(settings.counter_slots),
      REQUIRE_SIGNED_REPORTS: settings.require_signed_reports ? 'on' : 'off',
      ...cacheEnvironment(settings),
    },
  });
  flows.grantWriting(ingest);
  grantRead(data.traffic, ingest, ['GetItem', 'BatchGetItem', 'Query']);
  grantPutAndUpdate(data.traffic, ingest);
  // Ingest reads the edges' keys. A failover puts the edges' new routes into the Network table,
  // together with its audit entry.
  grantReadNetwork(data.network, ingest, ['GetItem', 'BatchGetItem', 'Query']);
  grantWriteExcept(data.network, ingest, { operations: ['PutItem'], except: INVENTORY });
  grantAppend(data.audit, ingest);
  grantCaching(data.cache, ingest);
  ingest.addEventSource(
    new KinesisEventSource(stream, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 1000,
      maxBatchingWindow: Duration.seconds(settings.ingest_window_seconds),
      parallelizationFactor: 1,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // There is no limit of age or retries: records are retried as long as the stream keeps them
      // (docs/decisions/064).
    }),
  );
  alarmOnStreamAge(data.alarms, ingest, {
    id: 'IteratorAge',
    description: 'Ingest is more than five minutes behind the stream: counters are late (nothing is lost).',
  });
  data.alarms.add(ingest, 'IngestFarBehind', {
    metric: ingest.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: ALARM_PERIOD }),
    above: Duration.hours(settings.stream_retention_hours).toMilliseconds() / 2,
    description: `Reports have waited for more than half of the ${settings.stream_retention_hours} hours for which the stream keeps them; after that time they are lost. Check the log of ingest, or keep them longer (-c stream_retention_hours=…).`,
  });
  alarmOnLostPaths(data.alarms, ingest);
  data.alarms.add(ingest, 'FlowLogsNotWritten', {
    metric: ingest.ownMetric('FlowLogsNotWritten'),
    above: 0,
    description:
      'Flows of reports could not be logged in time and were dropped: they are unattributed, but all counts are right. See the log of ingest.',
  });
  const quarantined = data.alarms.add(ingest, 'Quarantine', {
    metric: ingest.ownMetric('ReportsQuarantined'),
    above: 0,
    description:
      'A report could not be counted and is in the quarantine: npm run quarantine -- list says why.',
  });
  data.alarms.add(ingest, 'ReportsNotAuthentic', {
    metric: ingest.ownMetric('ReportsNotAuthentic'),
    above: 0,
    description:
      'Reports arrive under the id of an edge without its key, or an edge signs with a key that is not registered. None of them counts: npm run quarantine -- list --reason unsigned (bad_signature, unknown_key) shows them.',
  });
  return { ingest, quarantined };
}

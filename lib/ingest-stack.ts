import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type Alarm, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IStream, Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { KinesisEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { alarmOnLostPaths } from './alarm-on-lost-paths.ts';
import { alarmOnStreamAge } from './alarm-on-stream-age.ts';
import { ALARM_PERIOD } from './alarm-topic.ts';
import { limitCalls } from './asynchronous-calls.ts';
import type { DataStack } from './data-stack.ts';
import type { ExportStack } from './export-stack.ts';
import type { FlowLogStack } from './flow-log-stack.ts';
import { GradualFunction } from './gradual-function.ts';
import { allowReporting } from './machine-access.ts';
import { PatronusFunction } from './patronus-function.ts';
import { reserve } from './reserved-concurrency.ts';
import { scheduleFunction } from './schedule-function.ts';
import type { Settings } from './settings.ts';
import { cacheEnvironment, retentionEnvironment, silenceEnvironment } from './shared-environment.ts';
import {
  grantAppend,
  grantBatchPut,
  grantCacheUpkeep,
  grantCaching,
  grantPutAndUpdate,
  grantRead,
  grantReadNetwork,
  grantWriteExcept,
  grantWriteNetwork,
} from './table-grants.ts';

/** Partitions of the Traffic table that clean-up deletes nothing of. */
const NEVER_DELETED = [
  ...['LANE#*', 'IDLE#*', 'BOOT#*', 'COUNTERS', 'EDGE', 'QUARANTINE', 'QUARANTINE#*', 'SNAPSHOT', 'LATE'],
  ...[
    'SAMPLE#*',
    'LANES#*',
    'FLOWS#*',
    'FLOW_LOG',
    'FLOW_SLICES',
    'BASELINE',
    'CORRECTION',
    'CORRECTION#*',
    'EXPORT',
    'PATH#*',
  ],
];

/** Partitions of the Network table that only the API and what follows it writes. */
const INVENTORY = [
  ...['AUDIT#*', 'POLICY', 'ROUTING', 'EDGE', 'KEYS#*', 'KEY#*', 'KEY_CHANGES', 'SITE#*', 'SITES'],
  ...['DELETION', 'ARCHIVE#*', 'ARCHIVES', 'WAITING#*'],
];

export interface IngestStackProps {
  settings: Settings;
  data: DataStack;
  exports: ExportStack;
  flows: FlowLogStack;
}

/**
 * The way of a report: stream → ingest → counters, the snapshot of each minute, and the clean-up
 * each five.
 */
export class IngestStack extends Stack {
  readonly stream: IStream;

  constructor(scope: Construct, id: string, { settings, data, exports, flows }: IngestStackProps) {
    super(scope, id, { description: 'Patronus: report stream, ingest, snapshot and clean-up' });
    this.stream = this.makeStream(settings, data);
    const { ingest, quarantined } = this.makeIngest(settings, data, flows);
    const disagreeing = this.makeCleanup(settings, data, exports);
    ingest.deployGradually(settings, [quarantined, disagreeing]);
    this.makeSnapshot(settings, data);
    const reporting = allowReporting(this, this.stream);
    new CfnOutput(this, 'EdgePolicyArn', {
      value: reporting.managedPolicyArn,
      description: 'Attach it to the role of each edge',
    });
    new CfnOutput(this, 'StreamName', {
      value: this.stream.streamName,
      description: 'For the edges: npm run edge -- replay … --stream',
    });
    new CfnOutput(this, 'IngestFunctionName', {
      value: ingest.liveName,
      description: 'For npm run stream -- replay … --function',
    });
    new CfnOutput(this, 'TrafficTableName', {
      value: data.traffic.tableName,
      description: 'For npm run quarantine -- … --table and npm run recover -- … --table',
    });
    new CfnOutput(this, 'NetworkTableName', {
      value: data.network.tableName,
      description: 'For npm run recover -- counters --network',
    });
    new CfnOutput(this, 'AuditTableName', {
      value: data.audit.tableName,
      description: 'For npm run recover -- counters --audit',
    });
  }

  /**
   * The stack's own stream, or the existing one that takes its place. The own one stays in the
   * stack.
   */
  private makeStream(settings: Settings, { alarms }: DataStack): IStream {
    const own = new Stream(this, 'Reports', {
      streamMode: StreamMode.PROVISIONED,
      shardCount: settings.shards,
      retentionPeriod: Duration.hours(settings.stream_retention_hours),
      encryption: settings.encrypt_stream ? StreamEncryption.MANAGED : StreamEncryption.UNENCRYPTED,
      removalPolicy: settings.stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const { report_stream_arn: arn } = settings;
    const stream = arn === undefined ? own : Stream.fromStreamArn(this, 'ExistingReports', arn);
    alarms.add(own, 'StreamThrottle', {
      metric: stream.metricWriteProvisionedThroughputExceeded({ statistic: Stats.SUM, period: ALARM_PERIOD }),
      above: 0,
      periods: 3,
      description: 'The report stream has turned records away for 15 minutes: add shards (-c shards=…).',
    });
    return stream;
  }

  private makeIngest(settings: Settings, data: DataStack, flows: FlowLogStack) {
    const ingest = new GradualFunction(this, 'Ingest', {
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
    // Edges' keys are read here. A failing path is failed over: with its audit entry the edges' new
    // routes are put into the Network table.
    grantReadNetwork(data.network, ingest, ['GetItem', 'BatchGetItem', 'Query']);
    grantWriteExcept(data.network, ingest, { operations: ['PutItem'], except: INVENTORY });
    grantAppend(data.audit, ingest);
    grantCaching(data.cache, ingest);
    ingest.addEventSource(
      new KinesisEventSource(this.stream, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 1000,
        maxBatchingWindow: Duration.seconds(settings.ingest_window_seconds),
        parallelizationFactor: 1,
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        // Neither an age nor a number of tries ends it: what the stream keeps is tried
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
      description: `Reports wait for more than half of the ${settings.stream_retention_hours} hours that the stream keeps them: then they are lost. Look into the log of ingest, or keep them longer (-c stream_retention_hours=…).`,
    });
    alarmOnLostPaths(data.alarms, ingest);
    data.alarms.add(ingest, 'FlowLogsNotWritten', {
      metric: ingest.ownMetric('FlowLogsNotWritten'),
      above: 0,
      description:
        'Flows of reports could not be logged in time and were given up: they are unattributed, all counts are right. See the log of ingest.',
    });
    const quarantined = data.alarms.add(ingest, 'Quarantine', {
      metric: ingest.ownMetric('ReportsQuarantined'),
      above: 0,
      description:
        'A report could not be read and stands in the quarantine: npm run quarantine -- list says why.',
    });
    data.alarms.add(ingest, 'ReportsNotAuthentic', {
      metric: ingest.ownMetric('ReportsNotAuthentic'),
      above: 0,
      description:
        'Somebody sends reports under the id of an edge without its key, or an edge signs with a key that is not registered. None of them counts: npm run quarantine -- list --reason unsigned (bad_signature, unknown_key) shows them.',
    });
    return { ingest, quarantined };
  }

  private makeCleanup(settings: Settings, data: DataStack, exports: ExportStack): Alarm {
    const cleanup = new PatronusFunction(this, 'Cleanup', {
      folder: 'cleanup',
      data,
      description: 'Every five minutes: gauges of silent edges, unfinished work, expired entries, totals',
      timeout: Duration.minutes(4),
      // It unpacks every lane: with a whole CPU a run reaches three times as many, for the same
      // money.
      memory: 1769,
      environment: {
        EXPORT_FUNCTION: exports.exporter.functionName,
        ...silenceEnvironment(settings),
      },
    });
    exports.grantDispatch(cleanup);
    grantRead(data.traffic, cleanup, ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem']);
    grantPutAndUpdate(data.traffic, cleanup);
    // What resets leave that were cut off, voids that it finishes, old generations of counters, and
    // counts of refusals that became entries.
    grantWriteExcept(data.traffic, cleanup, { operations: ['DeleteItem'], except: NEVER_DELETED });
    // Deletions and restores that were cut off are finished here.
    grantReadNetwork(data.network, cleanup, ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem']);
    grantWriteNetwork(data.network, cleanup);
    grantAppend(data.audit, cleanup);
    grantCacheUpkeep(data.cache, cleanup);
    const disagreeing = data.alarms.add(cleanup, 'TotalsDisagree', {
      metric: cleanup.ownMetric('totals_mismatches'),
      above: 0,
      description:
        'Counters are not what the lanes hold: the log of cleanup names the policies, the query trafficAudit compares again. Lanes that can not be read, which have an alarm of their own, are missing in the comparison.',
    });
    data.alarms.addPulse(cleanup, 'CleanupNotRunning', {
      metric: cleanup.ownMetric('totals_mismatches', Stats.SAMPLE_COUNT),
      periods: 4,
      description:
        'No clean-up has come to its end for 20 minutes: silent edges stay counted as active, and cut-off work waits. Look at the schedule and the log of cleanup.',
    });
    const failed = scheduleFunction(this, 'Cleanup', {
      fn: cleanup,
      schedule: ScheduleExpression.rate(Duration.minutes(5)),
      data,
      description: 'Clean-up',
      failure:
        'A clean-up could not be started, or failed twice; the next one does its work. See the log of cleanup if it goes on.',
      maxEventAge: Duration.minutes(5),
    });
    limitCalls(cleanup, { retryAttempts: 1, maxEventAge: Duration.minutes(10), failed });
    // A site whose deletion was cut off is blocked meanwhile, and its lease is over within a
    // minute.
    scheduleFunction(this, 'Deletions', {
      fn: cleanup,
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      data,
      description: 'Deletions, restores and removals that were cut off, and alarms',
      failure:
        'What goes on with cut-off deletions and looks for alarms could not be started; the next minute does its work. See the log of cleanup if it goes on.',
      maxEventAge: Duration.minutes(1),
      input: { steps: ['deletions', 'alarms'] },
    });
    return disagreeing;
  }

  private makeSnapshot(settings: Settings, data: DataStack): void {
    const group = new PatronusFunction(this, 'SnapshotGroup', {
      folder: 'snapshot-group',
      data,
      description: 'Reads a group of lanes for the snapshot of a large network',
      // The snapshot waits for a group as long as this.
      timeout: Duration.seconds(33),
      memory: 1769,
      environment: retentionEnvironment(settings),
    });
    grantRead(data.traffic, group, ['BatchGetItem', 'Query']);
    grantBatchPut(data.traffic, group);
    const snapshot = new PatronusFunction(this, 'Snapshot', {
      folder: 'snapshot',
      data,
      description: 'Every minute: keeps the totals of all policies and lanes',
      timeout: Duration.seconds(55),
      memory: 1769,
      ...reserve(settings, 1),
      environment: {
        ...retentionEnvironment(settings),
        ...silenceEnvironment(settings),
        LANES_A_GROUP: String(settings.lanes_a_group),
        SNAPSHOT_GROUP_FUNCTION: group.functionName,
      },
    });
    snapshot.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [group.functionArn] }),
    );
    grantReadNetwork(data.network, snapshot, ['Query']);
    grantRead(data.traffic, snapshot, ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem']);
    grantBatchPut(data.traffic, snapshot);
    data.alarms.add(snapshot, 'LanesUnreadable', {
      metric: snapshot.ownMetric('LanesUnreadable', Stats.MAXIMUM),
      above: 0,
      description:
        'What an edge has counted can not be read: its history stands still, the counters go on. Was a later release deployed and taken back? Deploy it again.',
    });
    data.alarms.add(snapshot, 'EdgesSilent', {
      metric: snapshot.ownMetric('EdgesSilent', Stats.MINIMUM),
      above: 0,
      periods: 2,
      description:
        'Edges that should report have not been heard for ten minutes: figures are without them, as their completeness says. The page Alarms of the console names them.',
    });
    data.alarms.addPulse(snapshot, 'SnapshotNotRunning', {
      metric: snapshot.ownMetric('LanesUnreadable', Stats.SAMPLE_COUNT),
      periods: 2,
      description:
        'No snapshot has been taken for ten minutes: history has a gap, the counters go on. Look at the schedule and the log of snapshot.',
    });
    const failed = scheduleFunction(this, 'Snapshot', {
      fn: snapshot,
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      data,
      description: 'Snapshot of the minute',
      failure:
        'A snapshot could not be started, or failed twice: its minute shows as a gap, its traffic stands in the next one.',
      maxEventAge: Duration.minutes(1),
    });
    limitCalls(snapshot, { retryAttempts: 1, maxEventAge: Duration.minutes(3), failed });
  }
}

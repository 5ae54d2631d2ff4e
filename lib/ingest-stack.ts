import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type IStream, Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import type { Construct } from 'constructs';
import { ALARM_PERIOD } from './alarm-topic.ts';
import { makeCleanup } from './cleanup-function.ts';
import type { DataStack } from './data-stack.ts';
import type { ExportStack } from './export-stack.ts';
import type { FlowLogStack } from './flow-log-stack.ts';
import { makeIngest } from './ingest-function.ts';
import { allowReporting } from './machine-access.ts';
import type { Settings } from './settings.ts';
import { makeSnapshot } from './snapshot-functions.ts';

export interface IngestStackProps {
  settings: Settings;
  data: DataStack;
  exports: ExportStack;
  flows: FlowLogStack;
}

/**
 * The processing of reports: stream → ingest → counters, the snapshot every minute, and the
 * clean-up every five minutes.
 */
export class IngestStack extends Stack {
  readonly stream: IStream;

  constructor(scope: Construct, id: string, { settings, data, exports, flows }: IngestStackProps) {
    super(scope, id, { description: 'Patronus: report stream, ingest, snapshot and clean-up' });
    this.stream = this.makeStream(settings, data);
    const { ingest, quarantined } = makeIngest(this, { settings, data, flows, stream: this.stream });
    const disagreeing = makeCleanup(this, { settings, data, exports });
    ingest.deployGradually(settings, [quarantined, disagreeing]);
    makeSnapshot(this, { settings, data });
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
   * The stack's own stream, or the existing one that replaces it. The stack keeps its own stream.
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
      description: 'The report stream has throttled records for 15 minutes: add shards (-c shards=…).',
    });
    return stream;
  }
}

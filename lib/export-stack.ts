import { Duration, Stack } from 'aws-cdk-lib';
import { type IGrantable, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { limitCalls } from './asynchronous-calls.ts';
import type { DataStack } from './data-stack.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { FlowLogStack } from './flow-log-stack.ts';
import { PatronusFunction } from './patronus-function.ts';
import { privateBucket } from './private-bucket.ts';
import type { Settings } from './settings.ts';
import { retentionEnvironment } from './shared-environment.ts';
import { grantQuery, grantRead, grantReadNetwork, grantWriteAmong } from './table-grants.ts';

/** What is done is under the first, what waits for the next run under the second. */
const FINISHED = 'exports/*';
const UNFINISHED = 'unfinished/*';

export interface ExportStackProps {
  settings: Settings;
  data: DataStack;
  flows: FlowLogStack;
}

/** Exports: the bucket that files lie in for some days, and the function that writes them. */
export class ExportStack extends Stack {
  readonly bucket: Bucket;
  readonly exporter: PatronusFunction;

  constructor(scope: Construct, id: string, { settings, data, flows }: ExportStackProps) {
    super(scope, id, { description: 'Patronus: exports to files' });
    this.bucket = this.makeBucket(settings);
    data.accessLogs?.of(this.bucket, 'exports');
    this.exporter = this.makeFunction(settings, data, flows);
  }

  private makeBucket(settings: Settings): Bucket {
    return new Bucket(this, 'ExportFiles', {
      ...privateBucket(settings.stage),
      lifecycleRules: [
        {
          id: 'exports-are-kept-for-days',
          expiration: Duration.days(settings.export_retention_days),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      // All of it can be exported again.
    });
  }

  private makeFunction(settings: Settings, data: DataStack, flows: FlowLogStack): PatronusFunction {
    const exporter = new PatronusFunction(this, 'Export', {
      folder: 'export',
      data,
      description: 'Writes exports to files, part by part',
      // One that is cut off is taken up when its time would have ended: short runs that hand over
      // lose less.
      timeout: Duration.minutes(5),
      memory: 2048,
      callsItself: true,
      environment: {
        EXPORT_BUCKET: this.bucket.bucketName,
        FLOW_BUCKET: flows.bucket.bucketName,
        FLOW_LOG_TTL_HOURS: String(settings.flow_log_ttl_hours),
        ...retentionEnvironment(settings),
      },
    });
    const failed = new DeadLetterQueue(this, 'ExportFailed', {
      alarms: data.alarms,
      description:
        'A run of an export could not be started, or failed three times: the clean-up has it taken up again. See the log of export.',
    });
    limitCalls(exporter, { retryAttempts: 2, maxEventAge: Duration.hours(1), failed });
    grantReadNetwork(data.network, exporter, ['GetItem', 'BatchGetItem', 'Query']);
    grantQuery(data.audit, exporter);
    grantRead(data.traffic, exporter, ['GetItem', 'BatchGetItem', 'Query']);
    grantWriteAmong(data.traffic, exporter, { UpdateItem: ['EXPORT'] });
    flows.grantReading(exporter);
    this.allowFiles(exporter);
    this.allowCallingItself(exporter);
    data.alarms.add(exporter, 'ExportsFailed', {
      metric: exporter.ownMetric('ExportsFailed'),
      above: 0,
      description: 'An export was given up: the query exports (everybody: true) says which.',
    });
    return exporter;
  }

  private allowFiles(exporter: PatronusFunction): void {
    exporter.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:PutObject', 's3:GetObject'],
        resources: [FINISHED, UNFINISHED].map(keys => this.bucket.arnForObjects(keys)),
      }),
    );
    // What is too short for a part waits among the unfinished, and is no upload in parts itself.
    exporter.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:AbortMultipartUpload'],
        resources: [this.bucket.arnForObjects(FINISHED)],
      }),
    );
  }

  /**
   * A policy beside the role's own: the function waits for that one, which therefore can't name the
   * function.
   */
  private allowCallingItself(exporter: PatronusFunction): void {
    new Policy(this, 'ExportGoesOn', {
      statements: [
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [exporter.functionArn] }),
      ],
      roles: [exporter.role!],
    });
  }

  /** Lets a function have exports taken up. */
  grantDispatch(to: IGrantable): void {
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.exporter.functionArn] }),
    );
  }

  /** Lets a function sign links to finished files, which open what the signer may read. */
  grantLinks(to: IGrantable): void {
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [this.bucket.arnForObjects(FINISHED)],
      }),
    );
  }
}

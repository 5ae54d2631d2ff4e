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

/** Finished files, and data that waits for the next run. */
const FINISHED = 'exports/*';
const UNFINISHED = 'unfinished/*';

export interface ExportStackProps {
  settings: Settings;
  data: DataStack;
  flows: FlowLogStack;
}

/** Exports: the bucket that keeps files for some days, and the function that writes them. */
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
      // An interrupted run is resumed when its time would have ended, so short runs that hand over
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
        'A run of an export could not be started, or failed three times: the clean-up starts it again. See the log of export.',
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
      description: 'An export failed for good: the query exports (everybody: true) shows which one.',
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
    // Data that is too short for a part is stored under `unfinished/` and is not a multipart
    // upload.
    exporter.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:AbortMultipartUpload'],
        resources: [this.bucket.arnForObjects(FINISHED)],
      }),
    );
  }

  /**
   * A policy in addition to the role's own: the function depends on the role's policy, which
   * therefore can't name the function.
   */
  private allowCallingItself(exporter: PatronusFunction): void {
    new Policy(this, 'ExportGoesOn', {
      statements: [
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [exporter.functionArn] }),
      ],
      roles: [exporter.role!],
    });
  }

  /** Lets a function start runs of exports. */
  grantDispatch(to: IGrantable): void {
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.exporter.functionArn] }),
    );
  }

  /**
   * Lets a function sign links to finished files; a link opens only files that its signer may read.
   */
  grantLinks(to: IGrantable): void {
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [this.bucket.arnForObjects(FINISHED)],
      }),
    );
  }
}

import { Duration, Stack } from 'aws-cdk-lib';
import { type IGrantable, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { limitCalls } from './asynchronous-calls.ts';
import type { DataStack } from './data-stack.ts';
import { PatronusFunction } from './patronus-function.ts';
import { privateBucket } from './private-bucket.ts';
import { scheduleFunction } from './schedule-function.ts';
import type { Settings } from './settings.ts';
import { grantRead, grantWriteAmong } from './table-grants.ts';

/** The log itself, and its index by address. */
const FLOWS = 'flows/*';
const INDEX = 'flow-index/*';

export interface FlowLogStackProps {
  settings: Settings;
  data: DataStack;
}

/** The flow log: its bucket, and the function that merges, indexes, erases and expires it. */
export class FlowLogStack extends Stack {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { settings, data }: FlowLogStackProps) {
    super(scope, id, { description: 'Patronus: flow log' });
    this.bucket = this.makeBucket(settings);
    data.accessLogs?.of(this.bucket, 'flow-log');
    this.makeJob(settings, data);
  }

  private makeBucket(settings: Settings): Bucket {
    return new Bucket(this, 'FlowLogFiles', {
      ...privateBucket(settings.stage),
      lifecycleRules: [
        {
          id: 'flows-outlive-their-job-by-a-day',
          // The function deletes objects to the hour; this rule is a fallback, in whole days.
          expiration: Duration.days(Math.ceil(settings.flow_log_ttl_hours / 24) + 1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
  }

  private makeJob(settings: Settings, data: DataStack): void {
    const job = new PatronusFunction(this, 'FlowLog', {
      folder: 'flow-log',
      data,
      description: 'Every five minutes: merges, indexes, erases and expires the flow log',
      timeout: Duration.minutes(4),
      memory: 2048,
      environment: {
        FLOW_BUCKET: this.bucket.bucketName,
        FLOW_LOG_TTL_HOURS: String(settings.flow_log_ttl_hours),
        FLOW_LOG_LARGE_HOUR_MB: String(settings.flow_log_large_hour_mb),
      },
    });
    this.grantReading(job);
    job.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:PutObject', 's3:DeleteObject'],
        resources: [FLOWS, INDEX].map(keys => this.bucket.arnForObjects(keys)),
      }),
    );
    // A policy in addition to the role's own: the function depends on the role's policy, which
    // therefore can't name the function.
    new Policy(this, 'FlowLogSlices', {
      statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [job.functionArn] })],
      roles: [job.role!],
    });
    // Erasures, leases, and flows of the last release in the table.
    grantRead(data.traffic, job, ['Query']);
    grantWriteAmong(data.traffic, job, {
      PutItem: ['FLOW_LOG', 'FLOWS#*'],
      UpdateItem: ['FLOW_LOG', 'FLOW_SLICES'],
    });
    const failed = scheduleFunction(this, 'FlowLog', {
      fn: job,
      schedule: ScheduleExpression.rate(Duration.minutes(5)),
      data,
      description: 'Flow log',
      failure:
        'The job of the flow log could not be started, or failed twice; the next run does its work. Queries by address get slower, erasures wait. If it continues, see the log of flow-log.',
      maxEventAge: Duration.minutes(5),
    });
    // The next run finds the same work again.
    limitCalls(job, { retryAttempts: 1, maxEventAge: Duration.minutes(5), failed });
  }

  /** Lets a function write the flows of a batch. */
  grantWriting(to: IGrantable): void {
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [this.bucket.arnForObjects(FLOWS)] }),
    );
  }

  /**
   * Lets a function read the log. The permission to list has no condition on prefixes: with one, S3
   * would answer "access denied" instead of "no such key" for objects that were merged meanwhile.
   */
  grantReading(to: IGrantable): void {
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [FLOWS, INDEX].map(keys => this.bucket.arnForObjects(keys)),
      }),
    );
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }),
    );
  }
}

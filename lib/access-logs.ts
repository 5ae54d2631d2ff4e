import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { privateBucket } from './private-bucket.ts';
import type { Stage } from './stage.ts';

export interface AccessLogsProps {
  stage: Stage;
  days: number;
}

/** Logs who read and wrote which file of the buckets; the logs are kept for some days. */
export class AccessLogs extends Construct {
  private readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { stage, days }: AccessLogsProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Files', {
      ...privateBucket(stage),
      lifecycleRules: [{ id: 'access-logs-are-kept-for-days', expiration: Duration.days(days) }],
    });
    // The policy has no names of buckets, because other stacks create them.
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects('*')],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }

  /** Logs the accesses to a bucket, under a prefix. */
  of(bucket: Bucket, prefix: string): void {
    (bucket.node.defaultChild as CfnBucket).loggingConfiguration = {
      destinationBucketName: this.bucket.bucketName,
      logFilePrefix: `${prefix}/`,
    };
  }
}

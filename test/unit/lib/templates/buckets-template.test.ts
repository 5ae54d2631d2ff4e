import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { makeApp } from '../../../../lib/patronus-app.ts';
import { stackTemplates } from '../../../support/stack-templates.ts';

const { ingest, exports, ofType } = stackTemplates();

describe('the flow log', () => {
  const bucketOf = (hours: number) => {
    const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], flow_log_ttl_hours: hours });
    return Template.fromStack(stacks.find(({ stackName }) => stackName === 'PatronusFlowLog')!);
  };

  it.each([
    [0, 1],
    [1, 2],
    [24, 2],
    [25, 3],
  ])(
    'kept for %i hours is deleted by the bucket after %i days at most, and stays when the stack is deleted',
    (hours, days) => {
      bucketOf(hours).hasResource('AWS::S3::Bucket', {
        DeletionPolicy: 'Retain',
        Properties: {
          VersioningConfiguration: Match.absent(),
          LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: days }] },
        },
      });
    },
  );

  it('is merged by a function that may invoke itself, whose calls wait no longer than until the next one', () => {
    const template = bucketOf(24);
    const [name] = Object.keys(template.findResources('AWS::Lambda::Function'));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: { 'Fn::GetAtt': [name, 'Arn'] } },
        ],
      },
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: name },
      MaximumEventAgeInSeconds: 300,
    });
  });

  it('is maintained every five minutes by a function with alarms for failures and for calls that cannot run', () => {
    const template = bucketOf(24);
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(5 minutes)' });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Errors' });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
    });
    ingest.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'FlowLogsNotWritten',
      Namespace: 'Patronus',
      Dimensions: [{ Name: 'service', Value: 'ingest' }],
      Threshold: 0,
    });
  });
});

describe('buckets', () => {
  it('are all encrypted and closed to the public', () => {
    const buckets = ofType('AWS::S3::Bucket');
    expect(buckets.length).toBeGreaterThan(3);
    for (const [, { Properties }] of buckets) {
      expect(Properties).toMatchObject({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      });
    }
  });
});

describe('the files of exports', () => {
  it('are accessible over TLS only, and expire', () => {
    exports.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [
          {
            Status: 'Enabled',
            ExpirationInDays: 7,
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          },
        ],
      },
    });
    exports.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ],
      },
    });
  });

  it('are written in short runs that continue one another', () => {
    exports.hasResourceProperties('AWS::Lambda::Function', { Timeout: 300, MemorySize: 2048 });
    exports.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3600,
    });
  });

  it('are written by the only function that may invoke itself without limit', () => {
    const allowed = ofType('AWS::Lambda::Function').filter(([, { Properties }]) => Properties.RecursiveLoop);
    expect(allowed.map(([id, { Properties }]) => [id, Properties.RecursiveLoop])).toEqual([
      [expect.stringMatching(/^Export[0-9A-F]{8}$/), 'Allow'],
    ]);
  });
});

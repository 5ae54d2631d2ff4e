import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { makeApp } from '../../../../lib/patronus-app.ts';
import { stackTemplates } from '../../../support/stack-templates.ts';

const { ingest } = stackTemplates();

describe('the report pipeline', () => {
  it('keeps the order, retries from the first report not applied, and drops no report that the stream still has', () => {
    ingest.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      ParallelizationFactor: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: Match.absent(),
      MaximumBatchingWindowInSeconds: 5,
      MaximumRetryAttempts: Match.absent(),
      DestinationConfig: Match.absent(),
    });
  });

  it('raises an alarm when reports have waited half the retention of the stream', () => {
    ingest.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'IteratorAge',
      Threshold: (168 * 3_600_000) / 2,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  it('keeps reports in the stream for a week', () => {
    ingest.hasResourceProperties('AWS::Kinesis::Stream', {
      RetentionPeriodHours: 168,
      ShardCount: 1,
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
    });
  });

  it('cleans up every five minutes, and keeps failed calls', () => {
    ingest.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Target: { DeadLetterConfig: { Arn: Match.anyValue() } },
    });
  });
});

describe('the report stream', () => {
  it('is encrypted unless the setting says otherwise', () => {
    const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], encrypt_stream: 'false' });
    const template = Template.fromStack(stacks.find(({ stackName }) => stackName === 'PatronusIngest')!);
    template.hasResourceProperties('AWS::Kinesis::Stream', { StreamEncryption: Match.absent() });
  });
});

describe('ingest', () => {
  it.each([
    [{}, 'off'],
    [{ require_signed_reports: 'true' }, 'on'],
  ])('with %j has REQUIRE_SIGNED_REPORTS %s', (given, expected) => {
    const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], ...given });
    const ingest = Template.fromStack(stacks.find(({ stackName }) => stackName === 'PatronusIngest')!);
    const functions = Object.values(ingest.findResources('AWS::Lambda::Function'));
    const variables = functions.map(({ Properties }) => Properties.Environment?.Variables ?? {});
    expect(variables.flatMap(({ REQUIRE_SIGNED_REPORTS: value = [] }) => value)).toEqual([expected]);
  });
});

import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { makeApp } from '../../../lib/patronus-app.ts';

const ARN = 'arn:aws:kinesis:eu-central-1:123456789012:stream/reports-2';

function ingestStack(context: Record<string, unknown>): Template {
  const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], ...context });
  return Template.fromStack(stacks.find(({ stackName }) => stackName.startsWith('PatronusIngest'))!);
}

describe('the ingest stack on an existing stream', () => {
  const own = ingestStack({});
  const existing = ingestStack({ report_stream_arn: ARN });

  it('reads it from its beginning, lets edges write to it, watches it and names it', () => {
    existing.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: ARN,
      StartingPosition: 'TRIM_HORIZON',
    });
    existing.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    existing.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: { Statement: [{ Action: 'kinesis:PutRecords', Effect: 'Allow', Resource: ARN }] },
    });
    existing.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'WriteProvisionedThroughputExceeded',
      Dimensions: [{ Name: 'StreamName', Value: 'reports-2' }],
    });
    existing.hasOutput('StreamName', { Value: 'reports-2' });
  });

  it('keeps its own stream and alarm, so that it can return to them', () => {
    const ids = (template: Template, type: string) => Object.keys(template.findResources(type));
    expect(ids(existing, 'AWS::Kinesis::Stream')).toEqual(ids(own, 'AWS::Kinesis::Stream'));
    expect(ids(existing, 'AWS::CloudWatch::Alarm')).toEqual(ids(own, 'AWS::CloudWatch::Alarm'));
    // Another mapping, so that it begins at the beginning of the other stream.
    expect(ids(existing, 'AWS::Lambda::EventSourceMapping')).not.toEqual(
      ids(own, 'AWS::Lambda::EventSourceMapping'),
    );
  });
});

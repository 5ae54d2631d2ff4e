import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { EXPIRY_INDEX } from '../../../../core/cache/shared/table-keys.ts';
import { TTL_ATTRIBUTE } from '../../../../core/storage/tables.ts';
import { makeApp } from '../../../../lib/patronus-app.ts';
import { stackTemplates } from '../../../support/stack-templates.ts';

const { data, ofType } = stackTemplates();

describe('tables', () => {
  const kept = {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
  };

  it('are on demand, encrypted, and expire items by their TTL attribute', () => {
    expect(ofType('AWS::DynamoDB::Table')).toHaveLength(4);
    data.allResourcesProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
  });

  it('are retained, protected and recoverable if they cannot be rebuilt', () => {
    const tables = data.findResources('AWS::DynamoDB::Table', kept);
    expect(Object.keys(tables).map(id => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'Audit',
      'Network',
      'Traffic',
    ]);
  });

  it('stream the changes of Network, with both images', () => {
    data.hasResourceProperties('AWS::DynamoDB::Table', {
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
  });

  it('have an index of expired cache entries', () => {
    data.hasResourceProperties('AWS::DynamoDB::Table', {
      GlobalSecondaryIndexes: [
        Match.objectLike({ IndexName: EXPIRY_INDEX, Projection: { ProjectionType: 'KEYS_ONLY' } }),
      ],
    });
  });
});

describe('tables billed by the hour', () => {
  it('are only Traffic, on request, scaled with its use', () => {
    const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], provisioned_write_units: '200' });
    const template = Template.fromStack(stacks.find(({ stackName }) => stackName === 'PatronusData')!);
    const hourly = { ProvisionedThroughput: { ReadCapacityUnits: 50, WriteCapacityUnits: 200 } };
    const tables = template.findResources('AWS::DynamoDB::Table', { Properties: hourly });
    expect(Object.keys(tables).map(id => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['Traffic']);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 2);
    for (const MinCapacity of [50, 200]) {
      template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity });
    }
    template.allResourcesProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: Match.objectLike({ TargetValue: 70 }),
    });
  });

  it('do not exist by default', () => {
    const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [] });
    const template = Template.fromStack(stacks.find(({ stackName }) => stackName === 'PatronusData')!);
    template.allResourcesProperties('AWS::DynamoDB::Table', { BillingMode: 'PAY_PER_REQUEST' });
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });
});

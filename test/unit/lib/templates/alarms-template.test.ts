import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../../../functions/metrics.ts';
import { makeApp } from '../../../../lib/patronus-app.ts';
import { projectText } from '../../../support/project-files.ts';
import { stackTemplates } from '../../../support/stack-templates.ts';

const { data, all, ofType } = stackTemplates();

describe('alarms', () => {
  const SIGNS: Record<string, string> = { GreaterThanThreshold: '>', LessThanThreshold: '<' };
  const watched = () =>
    ofType('AWS::CloudWatch::Alarm').map(
      ([, { Properties }]) =>
        `${watchedThing(Properties)}: ${Properties.MetricName} ${SIGNS[Properties.ComparisonOperator]} ${Properties.Threshold}`,
    );

  function watchedThing({ Dimensions }: { Dimensions: { Value: unknown }[] }): string {
    const [{ Value }] = Dimensions as [{ Value: string | Record<string, unknown> }];
    const text =
      typeof Value === 'string' ? Value : String(Value.Ref ?? Value['Fn::GetAtt'] ?? JSON.stringify(Value));
    return text.split(',')[0]!.replace(/[0-9A-F]{8}$/, '');
  }

  const named = (type: string) => ofType(type).map(([id]) => id.replace(/[0-9A-F]{8}$/, ''));

  it('watch every function, every dead-letter queue and every table', () => {
    const expected = [
      ...named('AWS::Lambda::Function')
        // If it fails, the deployment that calls it fails as well.
        .filter(name => name !== 'PublisherPublishConsole')
        .flatMap(name => [`${name}: Errors > 0`, `${name}: Throttles > 0`]),
      ...named('AWS::SQS::Queue').map(name => `${name}: ApproximateNumberOfMessagesVisible > 0`),
      ...named('AWS::DynamoDB::Table').flatMap(name => [
        `${name}: ReadThrottleEvents > 0`,
        `${name}: WriteThrottleEvents > 0`,
      ]),
    ];
    expect(expected.filter(alarm => !watched().includes(alarm))).toEqual([]);
  });

  it.each([
    'ingest: ReportsQuarantined > 0',
    'export: ExportsFailed > 0',
    'notify: DeliveriesGivenUp > 0',
    'snapshot: LanesUnreadable > 0',
    'cleanup: totals_mismatches > 0',
    'ingest: PoliciesWithoutPath > 0',
    'api: PoliciesWithoutPath > 0',
    'api: InternalErrors > 0',
    'Ingest: IteratorAge > 300000',
    'Broadcast: IteratorAge > 300000',
    'DeletionWorker: IteratorAge > 300000',
    'snapshot: EdgesSilent > 0',
    'snapshot: LanesUnreadable < 1',
    'cleanup: totals_mismatches < 1',
    'Notify: Invocations < 1',
    'Reports: WriteProvisionedThroughputExceeded > 0',
    'Api: 5XXError > 0',
  ])('watch %s', alarm => {
    expect(watched()).toContain(alarm);
  });

  it('watch our own metrics as the functions emit them', () => {
    const emitted = Object.entries(METRICS).flatMap(([service, names]) =>
      names.map(name => `${service}: ${name}`),
    );
    const own = ofType('AWS::CloudWatch::Alarm')
      .filter(([, { Properties }]) => Properties.Namespace === 'Patronus')
      .map(([, { Properties }]) => {
        expect(Properties.Dimensions).toHaveLength(1);
        return `${watchedThing(Properties)}: ${Properties.MetricName}`;
      });
    expect(own).toHaveLength(14);
    expect(own.filter(alarm => !emitted.includes(alarm))).toEqual([]);
  });

  it('have a fixed number: each costs 0.10 dollars a month', () => {
    expect(watched()).toHaveLength(60);
  });

  it('treat missing data as an alarm where it is one, and ignore it elsewhere', () => {
    for (const [, { Properties }] of ofType('AWS::CloudWatch::Alarm')) {
      const isPulse = Properties.ComparisonOperator === 'LessThanThreshold';
      expect(Properties.TreatMissingData).toBe(isPulse ? 'breaching' : 'notBreaching');
    }
  });

  it('watch the age of every stream that a function reads', () => {
    const readers = ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) =>
      Properties.FunctionName.Ref.replace(/(Live)?[0-9A-F]{8}$/, ''),
    );
    expect(new Set(readers).size).toBe(3);
    for (const reader of readers) expect(watched()).toContain(`${reader}: IteratorAge > 300000`);
  });

  it('notify a topic that lets the alarms of this account publish, when they begin and when they end', () => {
    const topics = new Map(
      ofType('AWS::SNS::TopicPolicy').flatMap(([, { Properties }]) =>
        Properties.Topics.map(({ Ref }: { Ref: string }) => [Ref, Properties.PolicyDocument.Statement]),
      ),
    );
    for (const [id, { Properties }] of ofType('AWS::CloudWatch::Alarm')) {
      for (const actions of [Properties.AlarmActions, Properties.OKActions]) {
        expect(actions, id).toHaveLength(1);
        const topic = topicOf(actions[0]);
        expect(topics.get(topic), `${id} → ${topic}`).toContainEqual({
          Sid: 'AlarmsOfThisAccount',
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: { Ref: topic },
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: {
              'aws:SourceArn': {
                'Fn::Join': [
                  '',
                  [
                    'arn:',
                    { Ref: 'AWS::Partition' },
                    ':cloudwatch:*:',
                    { Ref: 'AWS::AccountId' },
                    ':alarm:*',
                  ],
                ],
              },
            },
          },
        });
        // An encrypted topic needs a key that CloudWatch may use.
        expect(all.find(([name]) => name === topic)![1].Properties?.KmsMasterKeyId).toBeUndefined();
      }
    }
  });

  /**
   * The topic in the data stack that an action names: there itself, elsewhere by the export of that
   * stack.
   */
  function topicOf(action: { Ref?: string; 'Fn::ImportValue'?: string }): string {
    if (action.Ref !== undefined) return action.Ref;
    const exported = Object.values(
      data.toJSON().Outputs as Record<string, { Export?: { Name: string }; Value: { Ref: string } }>,
    );
    return exported.find(({ Export }) => Export?.Name === action['Fn::ImportValue'])!.Value.Ref;
  }

  it('say in words what to do, and name a section of the runbook about their end', () => {
    const sections = new Map(
      projectText('docs/runbook.md')
        .split(/^## /m)
        .slice(1)
        .map(text => [/^`(\w+)`\n/.exec(text)?.[1], text]),
    );
    // With every option that has its own alarms.
    const gradual = makeApp({ 'aws:cdk:bundling-stacks': [], canary_minutes: 5 }).stacks.flatMap(stack =>
      Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')),
    );
    const named = gradual.map(({ Properties }) => {
      const [, section] = /^.{40,}\. Runbook: (\w+)\.$/.exec(Properties.AlarmDescription)!;
      return section;
    });
    expect([...new Set(named)].sort()).toEqual([...sections.keys()].sort());
    for (const text of sections.values()) {
      expect(text).toMatch(/\n- \*\*Look\*\*: .+\n- \*\*Do\*\*: .+\n- \*\*Cleared\*\*: .+\n/);
    }
  });

  it('are not mailed without an address, and synth warns about that', () => {
    const warned = (context: object) =>
      Annotations.fromStack(makeApp({ 'aws:cdk:bundling-stacks': [], ...context }).stacks[0]!).findWarning(
        '*',
        Match.stringLikeRegexp('^Alarms are not mailed to any address: set one with -c alarm_email='),
      ).length;
    expect(warned({})).toBe(1);
    expect(warned({ alarm_email: 'ops@example.com' })).toBe(0);
  });
});

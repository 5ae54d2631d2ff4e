import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isNewEnough } from '../../../../scripts/python/python-tool.ts';
import { deployedStacks } from '../../../../scripts/rehearse/cdk.ts';
import { changeTemplate, changeTemplates } from '../../../../scripts/rehearse/change-template.ts';
import { forMiniStack, spoilt } from '../../../../scripts/rehearse/changed-templates.ts';
import { sum } from '../../../../scripts/rehearse/office-edge.ts';
import { problemsIn } from '../../../../scripts/rehearse/rehearsal-checks.ts';
import { schedulesIn } from '../../../../scripts/rehearse/schedule-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'patronus-assembly-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the output of the CDK about a deployment', () => {
  it('names each stack, and whether it changed', () => {
    const said = ' ✅  PatronusData (no changes)\n✨  Deployment time: 1s\n\n ✅  Patronus-prod-Api\n';
    expect(deployedStacks(said)).toEqual([
      { name: 'PatronusData', changed: false },
      { name: 'Patronus-prod-Api', changed: true },
    ]);
  });
});

describe('an assembly that fails to deploy', () => {
  it('changes the functions, waits for a signal that never comes, and is uploaded under its own hash', async () => {
    const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
    write('S.template.json', {
      Resources: {
        Fn: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 60 } },
        Queue: { Type: 'AWS::SQS::Queue' },
      },
    });
    write('S.assets.json', {
      files: {
        c0de: { source: { path: 'asset.c0de' }, destinations: {} },
        abc123: { source: { path: 'S.template.json' }, destinations: { here: { objectKey: 'abc123.json' } } },
      },
    });
    write('manifest.json', { artifacts: { S: { properties: { url: 's3://assets/abc123.json' } } } });
    await changeTemplate(folder, 'S', spoilt);
    expect(read('S.template.json').Resources).toEqual({
      Fn: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 120 } },
      Queue: { Type: 'AWS::SQS::Queue' },
      Signal: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      NeverSignalled: {
        Type: 'AWS::CloudFormation::WaitCondition',
        Properties: { Handle: { Ref: 'Signal' }, Timeout: '1' },
        DependsOn: ['Fn'],
      },
    });
    const [, hash] = Object.keys(read('S.assets.json').files);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(read('S.assets.json').files[hash!].destinations).toEqual({ here: { objectKey: `${hash}.json` } });
    expect(read('manifest.json').artifacts.S.properties).toEqual({ url: `s3://assets/${hash}.json` });
  });
});

describe('templates for MiniStack', () => {
  const schedule = (Target: object, ScheduleExpression = 'rate(5 minutes)') => ({
    Type: 'AWS::Scheduler::Schedule',
    Properties: { State: 'ENABLED', ScheduleExpression, Target },
  });
  const statement = (Effect: string) => ({
    Effect,
    Action: 'dynamodb:PutItem',
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['COMMAND#*'] } },
  });

  it('take hosts from addresses, grant whole tables, keep denials, and disable schedules', () => {
    const template = {
      Resources: {
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: { Statement: [statement('Allow'), statement('Deny')] },
        },
        Clock: schedule({ Arn: { 'Fn::GetAtt': ['Fn', 'Arn'] } }),
      },
      Outputs: { Host: { Value: { 'Fn::GetAtt': ['Api', 'RealtimeDns'] } } },
    };
    expect(forMiniStack(template)).toEqual({
      Resources: {
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: {
            Statement: [{ Effect: 'Allow', Action: 'dynamodb:PutItem' }, statement('Deny')],
          },
        },
        Clock: {
          Type: 'AWS::Scheduler::Schedule',
          Properties: { ...template.Resources.Clock.Properties, State: 'DISABLED' },
        },
      },
      Outputs: {
        Host: {
          Value: { 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['Api', 'GraphQLUrl'] }] }] },
        },
      },
    });
  });

  it('return the calls of schedules, with the time filled in', () => {
    const Input = '{"scheduled_at":"<aws.scheduler.scheduled-time>","steps":["alarms"]}';
    const Resources = {
      One: schedule({ Arn: { 'Fn::GetAtt': ['Cleanup', 'Arn'] }, Input }),
      Two: schedule({ Arn: { Ref: 'Alias' }, Input }, 'rate(1 minute)'),
    };
    const calls = schedulesIn({ Resources });
    expect(calls.map(({ id, target, minutes }) => ({ id, target, minutes }))).toEqual([
      { id: 'One', target: 'Cleanup', minutes: 5 },
      { id: 'Two', target: 'Alias', minutes: 1 },
    ]);
    expect(calls[0]!.input(new Date('2026-01-31T12:00:00Z'))).toBe(
      '{"scheduled_at":"2026-01-31T12:00:00.000Z","steps":["alarms"]}',
    );
    const daily = { Daily: schedule({ Arn: { Ref: 'Alias' }, Input }, 'cron(0 3 * * ? *)') };
    expect(() => schedulesIn({ Resources: daily })).toThrow(
      "The rehearsal can't call the schedule Daily (cron(0 3 * * ? *)).",
    );
  });

  it('stay unchanged if there is nothing to replace', async () => {
    const read = () => readFileSync(join(folder, 'manifest.json'), 'utf8');
    await changeTemplates(folder, forMiniStack);
    const before = read();
    await changeTemplates(folder, forMiniStack);
    expect(read()).toBe(before);
  });
});

describe('failures of functions', () => {
  it('are read from the log, each once', () => {
    const refusal = (action: string) =>
      `{"level":"WARN","message":"User: arn:aws:sts::000000000000:assumed-role/Events-Role/Events-Fn is not authorized to perform: ${action} because no policy allows it"}`;
    const log = [
      '2026-11-29 20:13:49 INFO [lambda] ESM: Lambda Broadcast output:',
      '{"level":"INFO","message":"Published changes.","service":"broadcast"}',
      refusal('s3:GetObject'),
      refusal('s3:GetObject'),
      refusal('sns:Publish'),
      '{"level":"ERROR","message":"A site \\"A\\" was not told.","timestamp":"2026","service":"broadcast","cause":{}}',
      '2026-11-29 20:23:26 ERROR [lambda] Warm worker execution error for Ingest: it exited',
    ].join('\n');
    expect(problemsIn(log)).toEqual([
      'Events-Role may not s3:GetObject.',
      'Events-Role may not sns:Publish.',
      'broadcast: A site \\"A\\" was not told.',
      'Warm worker execution error for Ingest: it exited',
    ]);
    expect(problemsIn('{"level":"INFO","message":"Published changes.","service":"broadcast"}')).toEqual([]);
  });
});

describe('counts', () => {
  it('are added at any size', () => {
    const large = { packets: '1', bytes: '9007199254740993' };
    expect(sum(large, large)).toEqual({ packets: '2', bytes: '18014398509481986' });
    expect(sum()).toEqual({ packets: '0', bytes: '0' });
  });
});

describe('Python', () => {
  it.each([
    ['Python 3.11.0', true],
    ['Python 3.14.1\n', true],
    ['Python 4.0.0', true],
    ['Python 3.10.12', false],
    ['Python 2.7.18', false],
    ['pyenv: python3: command not found', false],
  ])('%s is new enough for the tools: %s', (version, enough) => {
    expect(isNewEnough(version)).toBe(enough);
  });
});

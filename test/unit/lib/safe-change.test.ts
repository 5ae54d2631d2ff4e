import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { makeApp } from '../../../lib/patronus-app.ts';
import { checkDeployment } from '../../../local/resources/check-deployment.ts';
import type { StackTemplate } from '../../../local/template/cloud-assembly.ts';

interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
  Properties: any;
  UpdatePolicy?: unknown;
}

interface Stacks {
  templates: StackTemplate[];
  resources: [id: string, resource: Resource][];
}

function synthesized(context: object): Stacks {
  const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], ...context });
  const empty = { Parameters: {}, Mappings: {}, Conditions: {}, Outputs: {} };
  const templates = stacks.map(stack => ({
    name: stack.stackName,
    template: { ...empty, ...Template.fromStack(stack).toJSON() } as StackTemplate['template'],
  }));
  return { templates, resources: templates.flatMap(({ template }) => Object.entries(template.Resources)) };
}

const ofType = ({ resources }: Stacks, type: string) => resources.filter(([, { Type }]) => Type === type);
const nameOf = (id: string) => id.replace(/[0-9A-F]{8}$/, '');

const atOnce = synthesized({});
const gradual = synthesized({ stage: 'prod' });

describe('callers of the API, ingest and broadcast', () => {
  const LIVE = ['ApiFunctionLive', 'IngestLive', 'BroadcastLive'];

  it.each([
    ['at once', atOnce],
    ['gradually', gradual],
  ])('call the alias that a deployment moves %s', (_, stacks) => {
    expect(ofType(stacks, 'AWS::Lambda::Alias').map(([id]) => nameOf(id))).toEqual(
      expect.arrayContaining(LIVE),
    );
    const called = [
      ...ofType(stacks, 'AWS::Lambda::EventSourceMapping').map(
        ([, { Properties }]) => Properties.FunctionName.Ref,
      ),
      ...ofType(stacks, 'AWS::AppSync::DataSource').flatMap(
        ([, { Properties }]) => Properties.LambdaConfig?.LambdaFunctionArn.Ref ?? [],
      ),
    ];
    expect(new Set(called.map(nameOf))).toEqual(new Set([...LIVE, 'DeletionWorker']));
    for (const [, { Properties }] of ofType(stacks, 'AWS::Lambda::Alias')) {
      expect(Properties).toMatchObject({
        Name: 'live',
        FunctionVersion: { 'Fn::GetAtt': [expect.anything(), 'Version'] },
      });
    }
  });

  it('may call it with the right from earlier releases, so that no deployment leaves a gap', () => {
    const rights = (stacks: Stacks) =>
      stacks.resources.find(([id]) => id.startsWith('ApiApiSourceServiceRoleDefaultPolicy'))![1].Properties
        .PolicyDocument.Statement;
    const [fn] = ofType(atOnce, 'AWS::Lambda::Function').find(([id]) => nameOf(id) === 'ApiFunction')!;
    const arn = { 'Fn::GetAtt': [fn, 'Arn'] };
    expect(rights(atOnce)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        Effect: 'Allow',
        Resource: [arn, { 'Fn::Join': ['', [arn, ':*']] }],
      },
    ]);
  });
});

describe('a deployment of a production stage', () => {
  it('sends a tenth of the calls to new code for ten minutes', () => {
    const groups = ofType(gradual, 'AWS::CodeDeploy::DeploymentGroup');
    expect(groups).toHaveLength(3);
    for (const [, { Properties }] of groups) {
      expect(Properties).toMatchObject({
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent10Minutes',
        AutoRollbackConfiguration: {
          Enabled: true,
          Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
        },
      });
    }
    for (const [id, { UpdatePolicy }] of ofType(gradual, 'AWS::Lambda::Alias')) {
      expect([id, UpdatePolicy]).toEqual([
        id,
        {
          CodeDeployLambdaAliasUpdate: {
            ApplicationName: { Ref: expect.any(String) },
            DeploymentGroupName: { Ref: expect.any(String) },
          },
        },
      ]);
    }
  });

  it.each([
    ['ApiFunctionDeployment', ['ApiFunctionNewVersionFails', 'ApiFunctionInternalErrors']],
    ['IngestDeployment', ['IngestNewVersionFails', 'IngestQuarantine', 'CleanupTotalsDisagree']],
    ['BroadcastDeployment', ['BroadcastNewVersionFails']],
  ])('with %s is rolled back by %j', (group, alarms) => {
    const [, { Properties }] = gradual.resources.find(([id]) => nameOf(id) === group)!;
    const names = Properties.AlarmConfiguration.Alarms.map(({ Name }: { Name: { Ref: string } }) => Name.Ref);
    expect(names.map(nameOf)).toEqual(alarms);
    expect(Properties.AlarmConfiguration.Enabled).toBe(true);
  });

  it('is rolled back for failures of the new version only', () => {
    const alarms = gradual.resources.filter(([id]) => nameOf(id).endsWith('NewVersionFails'));
    expect(alarms).toHaveLength(3);
    const versions = ofType(gradual, 'AWS::Lambda::Version').map(([id]) => id);
    for (const [id, { Properties }] of alarms) {
      const [executed, fn, resource] = Properties.Dimensions;
      expect(executed).toEqual({
        Name: 'ExecutedVersion',
        Value: { 'Fn::GetAtt': [expect.anything(), 'Version'] },
      });
      expect(versions).toContain(executed.Value['Fn::GetAtt'][0]);
      expect(fn.Name).toBe('FunctionName');
      expect(resource).toEqual({ Name: 'Resource', Value: { 'Fn::Join': ['', [fn.Value, ':live']] } });
      expect([id, Properties.Period, Properties.Threshold]).toEqual([id, 60, 0]);
    }
  });

  it.each([
    ['if the setting says so', synthesized({ stage: 'prod', canary_minutes: '0' })],
    ['in the stage of older systems', atOnce],
  ])('happens at once %s', (_, stacks) => {
    expect(ofType(stacks, 'AWS::CodeDeploy::DeploymentGroup')).toEqual([]);
    for (const [, { UpdatePolicy }] of ofType(stacks, 'AWS::Lambda::Alias'))
      expect(UpdatePolicy).toBeUndefined();
  });

  it('is accepted by the one-machine runtime, which runs a single version', () => {
    expect(() => checkDeployment({ stacks: gradual.templates, assetFolders: new Map() })).not.toThrow();
  });
});

describe('asynchronous calls', () => {
  /** Functions whose callers wait for the answer: they need no limits for asynchronous calls. */
  const AWAITED = {
    ApiFunction: 'AppSync',
    Ingest: 'its event source',
    Broadcast: 'its event sources',
    DeletionWorker: 'its event source',
    PublisherPublishConsole: 'CloudFormation, for which it answers itself',
    SnapshotGroup: 'the snapshot',
  };

  const configs = new Map(
    ofType(atOnce, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => [
      nameOf(Properties.FunctionName.Ref),
      Properties,
    ]),
  );
  const functions = ofType(atOnce, 'AWS::Lambda::Function').map(([id]) => nameOf(id));

  it('have limits for every function that accepts them', () => {
    expect([...configs.keys(), ...Object.keys(AWAITED)].sort()).toEqual(functions.sort());
    const scheduled = ofType(atOnce, 'AWS::Scheduler::Schedule').map(([, { Properties }]) =>
      nameOf(Properties.Target.Arn['Fn::GetAtt'][0]),
    );
    expect(scheduled.filter(name => !configs.has(name))).toEqual([]);
  });

  it.each([...configs])(
    'of %s end by age, by number of retries, and in a queue with an alarm',
    (name, config) => {
      const { Timeout } = ofType(atOnce, 'AWS::Lambda::Function').find(([id]) => nameOf(id) === name)![1]
        .Properties;
      expect(config.MaximumRetryAttempts).toBeGreaterThan(0);
      // A retry comes a minute after a failure, which may take as long as the function may run.
      expect(config.MaximumEventAgeInSeconds).toBeGreaterThanOrEqual(Timeout + 60);
      expect(config.MaximumEventAgeInSeconds).toBeLessThanOrEqual(3600);
      const [queue] = config.DestinationConfig.OnFailure.Destination['Fn::GetAtt'];
      const watched = ofType(atOnce, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) =>
        Properties.MetricName === 'ApproximateNumberOfMessagesVisible'
          ? Properties.Dimensions.map(
              ({ Value }: { Value: { 'Fn::GetAtt': string[] } }) => Value['Fn::GetAtt'][0],
            )
          : [],
      );
      expect(watched).toContain(queue);
      const allowed = ofType(atOnce, 'AWS::IAM::Policy')
        .filter(([id]) => id.startsWith(`${name}RoleDefaultPolicy`))
        .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
      expect(allowed).toContainEqual({
        Action: 'sqs:SendMessage',
        Effect: 'Allow',
        Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
      });
    },
  );
});

import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { makeApp } from '../../../lib/patronus-app.ts';
import { SettingError } from '../../../lib/setting-error.ts';
import { readSettings } from '../../../lib/settings.ts';
import { readStage, stackName } from '../../../lib/stage.ts';

interface Resource {
  Type: string;
  DeletionPolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
  Properties: any;
}

interface Made {
  names: string[];
  protected: boolean;
  resources: Record<string, Resource>;
  exports: string[];
}

const made = new Map<unknown, Made>();

function stacksOf(stage: string | undefined): Made {
  const known = made.get(stage);
  if (known) return known;
  const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], ...(stage !== undefined && { stage }) });
  const templates = stacks.map(stack => Template.fromStack(stack).toJSON());
  const fresh = {
    names: stacks.map(stack => stack.stackName),
    protected: stacks.every(({ terminationProtection }) => terminationProtection),
    resources: Object.assign({}, ...templates.map(({ Resources }) => Resources)),
    exports: templates
      .flatMap(({ Outputs = {} }) => Object.values<{ Export?: { Name: string } }>(Outputs))
      .flatMap(({ Export }) => Export?.Name ?? []),
  };
  made.set(stage, fresh);
  return fresh;
}

const ofType = (stage: string | undefined, type: string) =>
  Object.values(stacksOf(stage).resources).filter(({ Type }) => Type === type);

const STATEFUL = [
  'AWS::DynamoDB::Table',
  'AWS::Kinesis::Stream',
  'AWS::S3::Bucket',
  'AWS::Cognito::UserPool',
];

describe('a stage', () => {
  it.each([
    [undefined, 'default', false, true, false],
    ['default', 'default', false, true, false],
    ['prod', 'prod', true, true, true],
    ['prod-eu', 'prod-eu', true, true, true],
    ['staging', 'staging', true, false, false],
    ['dev', 'dev', false, false, false],
    ['dev-anna', 'dev-anna', false, false, false],
    ['test-42', 'test-42', false, false, false],
  ])('%s has the protection of its kind', (given, name, production, keepsData, terminationProtection) => {
    expect(readStage(given)).toMatchObject({ name, production, keepsData, terminationProtection });
  });

  it.each([['prd'], ['Prod'], ['prod-'], ['prod-eu-west'], ['dev-aws1'], ['default-2'], [''], [7]])(
    '%j is unknown, and synth lists the known ones',
    given => {
      const message = `Setting stage must be default, prod, staging, dev or test, each but default also with a hyphen and 1 to 12 lower-case letters or digits behind it (dev-anna; without aws, amazon and cognito), but is ${JSON.stringify(given)}.`;
      expect(() => readSettings(name => (name === 'stage' ? given : undefined))).toThrow(
        new SettingError(message),
      );
    },
  );

  it('shares no name with another stage in the account', () => {
    expect(stackName(readStage('prod'), 'Data')).toBe('Patronus-prod-Data');
    const [one, other] = [stacksOf('prod'), stacksOf(undefined)];
    expect(one.names.every(name => name.startsWith('Patronus-prod-'))).toBe(true);
    expect(one.exports.length).toBeGreaterThanOrEqual(other.exports.length);
    expect(one.exports.filter(name => other.exports.includes(name))).toEqual([]);
    for (const [type, property] of Object.entries(NAMED)) {
      const [here, there] = ['prod', undefined].map(stage =>
        ofType(stage, type).map(({ Properties }) => JSON.stringify(Properties[property])),
      );
      expect(here!.length, type).toBeGreaterThan(0);
      expect(here!.filter(name => there!.includes(name))).toEqual([]);
    }
  });

  it('names no other resource, because another stage could use that name', () => {
    const named = Object.entries(stacksOf('prod').resources).filter(
      ([, { Type, Properties = {} }]) =>
        !(Type in NAMED) &&
        Object.keys(Properties).some(key =>
          /^(Name|(Table|Bucket|Queue|Topic|Alarm|Function|Role|Group|UserPool|Pool|Client|ManagedPolicy|LogGroup|Dashboard)Name)$/.test(
            key,
          ),
        ),
    );
    const types = new Set(named.map(([, { Type }]) => Type));
    // They belong to the resource that they name: an API, a pool, a function.
    expect([...types].sort()).toEqual([
      'AWS::AppSync::DataSource',
      'AWS::Cognito::UserPoolGroup',
      'AWS::Lambda::Alias',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Lambda::EventSourceMapping',
      'AWS::Lambda::Version',
      'AWS::Logs::LogGroup',
    ]);
  });

  it('has metrics of its own, written by its functions and watched by its alarms', () => {
    const namespaces = (stage: string | undefined) => [
      ...new Set([
        ...ofType(stage, 'AWS::Lambda::Function').flatMap(
          ({ Properties }) => Properties.Environment?.Variables.POWERTOOLS_METRICS_NAMESPACE ?? [],
        ),
        ...ofType(stage, 'AWS::CloudWatch::Alarm')
          .map(({ Properties }) => Properties.Namespace)
          .filter(namespace => !namespace.startsWith('AWS/')),
      ]),
    ];
    expect(namespaces(undefined)).toEqual(['Patronus']);
    expect(namespaces('prod')).toEqual(['Patronus/prod']);
  });
});

/** Names that must differ within an account and a region, and their properties. */
const NAMED = {
  'AWS::AppSync::GraphQLApi': 'Name',
  'AWS::CloudFront::Function': 'Name',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::Cognito::UserPoolDomain': 'Domain',
} as const;

describe('the content of a stage', () => {
  it('is retained in production: stacks, tables and people cannot be deleted by mistake', () => {
    expect(stacksOf('prod').protected).toBe(true);
    for (const type of STATEFUL) {
      for (const { DeletionPolicy, Properties } of ofType('prod', type)) {
        const isCache = type === 'AWS::DynamoDB::Table' && !Properties.DeletionProtectionEnabled;
        expect([type, DeletionPolicy]).toEqual([type, isCache ? 'Delete' : 'Retain']);
      }
    }
    const tables = ofType('prod', 'AWS::DynamoDB::Table');
    expect(tables.filter(({ Properties }) => Properties.DeletionProtectionEnabled)).toHaveLength(3);
    expect(ofType('prod', 'AWS::Cognito::UserPool')[0]!.Properties.DeletionProtection).toBe('ACTIVE');
  });

  it.each([
    // Flow log, exports, and the console with its access logs.
    ['dev', 4],
    // With a bucket for access logs of the others, as production.
    ['staging', 5],
  ])('is deleted with the stacks of %s, including files', (stage, buckets) => {
    expect(stacksOf(stage).protected).toBe(false);
    for (const type of STATEFUL) {
      for (const { DeletionPolicy, Properties } of ofType(stage, type)) {
        expect([type, DeletionPolicy]).toEqual([type, 'Delete']);
        expect([undefined, false, 'INACTIVE']).toContain(
          Properties.DeletionProtectionEnabled ?? Properties.DeletionProtection,
        );
      }
    }
    // S3 deletes only empty buckets.
    expect(ofType(stage, 'Custom::S3AutoDeleteObjects')).toHaveLength(buckets);
    expect(ofType('prod', 'Custom::S3AutoDeleteObjects')).toHaveLength(0);
  });

  it('counts only signed reports in a production stage, unless the setting says otherwise', () => {
    const signed = (given: Record<string, unknown>) =>
      readSettings(name => given[name]).require_signed_reports;
    expect(signed({})).toBe(false);
    expect(signed({ stage: 'dev' })).toBe(false);
    expect(signed({ stage: 'prod' })).toBe(true);
    expect(signed({ stage: 'prod', require_signed_reports: 'false' })).toBe(false);
  });
});

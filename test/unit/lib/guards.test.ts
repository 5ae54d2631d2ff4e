import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeApp } from '../../../lib/patronus-app.ts';

interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
  Properties: any;
}

/** Guards around the system, if configured or in production. */
function resourcesOf(context: Record<string, unknown>) {
  const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], ...context });
  const all = stacks.flatMap(stack =>
    Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, Resource>),
  );
  return (type: string) => all.filter(([, { Type }]) => Type === type);
}

let plain: ReturnType<typeof resourcesOf>;
let production: ReturnType<typeof resourcesOf>;

beforeAll(() => {
  plain = resourcesOf({});
  production = resourcesOf({ stage: 'prod', firewall_requests: '2000' });
});

const apiOf = (resources: ReturnType<typeof resourcesOf>) =>
  resources('AWS::AppSync::GraphQLApi')[0]![1].Properties;

describe('the API', () => {
  it('hides its schema in production, and limits queries', () => {
    expect(apiOf(plain)).toMatchObject({
      IntrospectionConfig: 'ENABLED',
      QueryDepthLimit: 8,
      ResolverCountLimit: 50,
    });
    expect(apiOf(production)).toMatchObject({
      IntrospectionConfig: 'DISABLED',
      QueryDepthLimit: 8,
      ResolverCountLimit: 50,
    });
  });

  it('logs each request in production without query and answer, for a month, in a group that AppSync may not create', () => {
    expect(apiOf(plain).LogConfig).toBeUndefined();
    const { LogConfig } = apiOf(production);
    expect(LogConfig).toMatchObject({ FieldLogLevel: 'NONE', ExcludeVerboseContent: true });
    const [id, { Properties }] = production('AWS::Logs::LogGroup').find(
      ([
        ,
        {
          Properties: { LogGroupName },
        },
      ]) => JSON.stringify(LogGroupName ?? '').includes('/aws/appsync/apis/'),
    )!;
    expect(Properties.RetentionInDays).toBe(30);
    const role = LogConfig.CloudWatchLogsRoleArn['Fn::GetAtt'][0];
    const statements = production('AWS::IAM::Policy')
      .filter(([, policy]) => policy.Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
      .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement);
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [id, 'Arn'] },
      },
    ]);
  });
});

describe('sign-in in production', () => {
  it('requires a second factor of everyone, unless the setting says otherwise', () => {
    const [[, { Properties }]] = production('AWS::Cognito::UserPool') as [[string, Resource]];
    expect(Properties).toMatchObject({ MfaConfiguration: 'ON', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] });
    const [[, other]] = resourcesOf({ stage: 'prod', mfa: 'optional' })('AWS::Cognito::UserPool') as [
      [string, Resource],
    ];
    expect(other.Properties).toMatchObject({ MfaConfiguration: 'OPTIONAL' });
  });
});

describe('the firewall', () => {
  it('is absent by default', () => {
    expect(plain('AWS::WAFv2::WebACL')).toEqual([]);
  });

  it('limits the requests of an address to API and sign-in in five minutes, and keeps no sample of a request', () => {
    const [[id, { Properties }]] = production('AWS::WAFv2::WebACL') as [[string, Resource]];
    const { Rules, Scope, DefaultAction } = Properties;
    expect({ Scope, DefaultAction }).toEqual({ Scope: 'REGIONAL', DefaultAction: { Allow: {} } });
    expect(Rules[0]).toMatchObject({
      Action: { Block: {} },
      Statement: { RateBasedStatement: { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: 2000 } },
    });
    expect(Rules.map(({ Name }: { Name: string }) => Name)).toEqual([
      'RequestsAnAddress',
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
    ]);
    for (const { VisibilityConfig } of [...Rules, Properties]) {
      expect(VisibilityConfig.SampledRequestsEnabled).toBe(false);
    }
    const associations = production('AWS::WAFv2::WebACLAssociation').map(([, { Properties: one }]) => one);
    expect(associations.map(({ WebACLArn }) => WebACLArn)).toEqual([
      { 'Fn::GetAtt': [id, 'Arn'] },
      { 'Fn::GetAtt': [id, 'Arn'] },
    ]);
    expect(JSON.stringify(associations.map(({ ResourceArn }) => ResourceArn))).toMatch(/"Api.*"SignInPeople/);
  });
});

describe('access to files', () => {
  it('is logged in production for a month, in a private bucket of its own', () => {
    const logged = (resources: ReturnType<typeof resourcesOf>) =>
      resources('AWS::S3::Bucket').filter(
        ([, { Properties }]) => Properties.LoggingConfiguration !== undefined,
      );
    expect(logged(plain)).toEqual([]);
    const prefixes = logged(production).map(
      ([, { Properties }]) => Properties.LoggingConfiguration.LogFilePrefix,
    );
    expect(prefixes.sort()).toEqual(['exports/', 'flow-log/']);
    const [id, { Properties }] = production('AWS::S3::Bucket').find(([name]) =>
      name.startsWith('AccessLogs'),
    )!;
    expect(Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
    });
    const [, policy] = production('AWS::S3::BucketPolicy').find(
      ([, one]) => one.Properties.Bucket.Ref === id,
    )!;
    const allowed = policy.Properties.PolicyDocument.Statement.filter(
      ({ Effect }: { Effect: string }) => Effect === 'Allow',
    );
    expect(allowed).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'logging.s3.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [id, 'Arn'] }, '/*']] },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });
});

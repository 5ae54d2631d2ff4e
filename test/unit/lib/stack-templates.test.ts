import { readFileSync } from 'node:fs';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EXPIRY_INDEX } from '../../../core/cache/shared/table-keys.ts';
import { retentionOf, retentionSettings } from '../../../core/history/retention-settings.ts';
import { TTL_ATTRIBUTE } from '../../../core/storage/tables.ts';
import { METRICS } from '../../../functions/metrics.ts';
import { operationFields } from '../../../lib/operation-fields.ts';
import { makeApp } from '../../../lib/patronus-app.ts';
import { projectText } from '../../support/project-files.ts';

interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
  Properties: any;
  DeletionPolicy?: string;
}

let templates: Template[];
let data: Template;
let ingest: Template;
let api: Template;
let exports: Template;
let all: [string, Resource][];

beforeAll(() => {
  // Bundling is what the test of the whole synthesis is for.
  const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [] });
  templates = stacks.map(stack => Template.fromStack(stack));
  [data, ingest, api, , exports] = templates as [Template, Template, Template, Template, Template];
  all = templates.flatMap(template =>
    Object.entries(template.toJSON().Resources as Record<string, Resource>),
  );
});

function ofType(type: string): [string, Resource][] {
  return all.filter(([, resource]) => resource.Type === type);
}

describe('tables', () => {
  const kept = {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
  };

  it('are on demand, encrypted, and forget by the TTL attribute', () => {
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

  it('are kept, protected and recoverable where they cannot be rebuilt', () => {
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

  it('have the index that expired cache entries are found by', () => {
    data.hasResourceProperties('AWS::DynamoDB::Table', {
      GlobalSecondaryIndexes: [
        Match.objectLike({ IndexName: EXPIRY_INDEX, Projection: { ProjectionType: 'KEYS_ONLY' } }),
      ],
    });
  });
});

describe('tables billed by the hour', () => {
  it('are Traffic alone where it is asked for, which follows its use', () => {
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

  it('are none otherwise', () => {
    const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [] });
    const template = Template.fromStack(stacks.find(({ stackName }) => stackName === 'PatronusData')!);
    template.allResourcesProperties('AWS::DynamoDB::Table', { BillingMode: 'PAY_PER_REQUEST' });
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });
});

describe('the way of a report', () => {
  it('keeps the order, retries from the first report not applied, and gives up nothing that the stream keeps', () => {
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

  it('says when reports have waited for half of the time that the stream keeps them', () => {
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

  it('cleans up every five minutes, and keeps a call that failed', () => {
    ingest.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Target: { DeadLetterConfig: { Arn: Match.anyValue() } },
    });
  });
});

describe('the API', () => {
  it('takes people by default and machines besides', () => {
    api.hasResourceProperties('AWS::AppSync::GraphQLApi', {
      AuthenticationType: 'AMAZON_COGNITO_USER_POOLS',
      AdditionalAuthenticationProviders: [{ AuthenticationType: 'AWS_IAM' }],
    });
  });

  it('has one resolver for each operation, of the code for functions or for publications', () => {
    const operations = operationFields(readFileSync('graphql/schema.graphql', 'utf8'));
    const code = readFileSync('graphql/resolver.js', 'utf8');
    const publication = readFileSync('graphql/publish.js', 'utf8');
    const resolvers = ofType('AWS::AppSync::Resolver').map(([, { Properties }]) => Properties);
    const listening = resolvers.filter(({ TypeName }) => TypeName === 'Subscription');
    expect(listening).toMatchObject([
      { FieldName: 'edgeCommands', Code: readFileSync('graphql/edge-commands.js', 'utf8') },
    ]);
    expect(resolvers).toHaveLength(operations.length + listening.length);
    for (const { typeName, fieldName, published } of operations) {
      const resolver = resolvers.find(each => each.TypeName === typeName && each.FieldName === fieldName);
      expect(resolver).toMatchObject({
        Code: published ? publication : code,
        Kind: 'UNIT',
        Runtime: { Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' },
      });
    }
  });

  it('lets only administrators add people, who sign in by e-mail', () => {
    api.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UsernameAttributes: ['email'],
      DeletionProtection: 'ACTIVE',
    });
    const groups = ofType('AWS::Cognito::UserPoolGroup').map(([, { Properties }]) => Properties.GroupName);
    expect(groups).toEqual(['admin', 'operator', 'viewer']);
  });

  it('answers before AppSync stops waiting', () => {
    api.hasResourceProperties('AWS::Lambda::Function', { Timeout: 28 });
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
    'kept for %i hours is deleted by the bucket after %i days at last, and stays when the stack goes',
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

  it('is merged by a function that may call itself, and no call of which waits for longer than until the next', () => {
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

  it('is looked after every five minutes by a function that alarms when it fails or can not run', () => {
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
  it('are encrypted and closed to the public, each of them', () => {
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
  it('are reached by TLS only, and forgotten', () => {
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

  it('are written in short runs that hand over', () => {
    exports.hasResourceProperties('AWS::Lambda::Function', { Timeout: 300, MemorySize: 2048 });
    exports.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3600,
    });
  });

  it('are written by the one function that may call itself without end', () => {
    const allowed = ofType('AWS::Lambda::Function').filter(([, { Properties }]) => Properties.RecursiveLoop);
    expect(allowed.map(([id, { Properties }]) => [id, Properties.RecursiveLoop])).toEqual([
      [expect.stringMatching(/^Export[0-9A-F]{8}$/), 'Allow'],
    ]);
  });
});

describe('functions', () => {
  it('run on Node 24 and ARM, with a log group of their own that forgets after a month', () => {
    const functions = ofType('AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(0);
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      const group = all.find(([id]) => id === Properties.LoggingConfig.LogGroup.Ref)?.[1];
      expect(group?.Properties.RetentionInDays).toBe(30);
    }
  });

  it('keep no places of the account, which a new one refuses, unless they are asked for', () => {
    const reserved = (context: object) => {
      const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], ...context });
      return Object.fromEntries(
        stacks
          .flatMap(stack => Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')))
          .filter(({ Properties }) => Properties.ReservedConcurrentExecutions !== undefined)
          .map(({ Properties }) => [
            Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME,
            Properties.ReservedConcurrentExecutions,
          ]),
      );
    };
    expect(reserved({})).toEqual({});
    expect(reserved({ api_concurrency: 200, shards: 4 })).toEqual({ api: 200, ingest: 4, snapshot: 1 });
  });

  it('take a snapshot each minute, done before the next is due', () => {
    ingest.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Every minute: stores the totals of all policies and lanes',
      Timeout: 55,
    });
    ingest.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      Target: { RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 } },
    });
  });

  it('agree on how long history is kept: the one that writes it and those that answer from it', () => {
    const given = { minute_retention_hours: 72, hour_retention_days: 30, day_retention_days: 400 };
    const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [], ...given });
    const kept = stacks
      .flatMap(stack => Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')))
      .map(({ Properties }) => Properties.Environment.Variables)
      .filter(variables => 'MINUTE_RETENTION_HOURS' in variables);
    expect(kept.map(variables => variables.POWERTOOLS_SERVICE_NAME).sort()).toEqual([
      'api',
      'export',
      'snapshot',
      'snapshot-group',
    ]);
    const HOUR = 3_600_000;
    const settings = z.object(retentionSettings);
    for (const variables of kept) {
      expect(retentionOf(settings.parse(variables))).toEqual({
        MINUTE: 72 * HOUR,
        HOUR: 720 * HOUR,
        DAY: 9600 * HOUR,
      });
    }
  });
});

describe('rights', () => {
  interface Statement {
    Effect: 'Allow' | 'Deny';
    Action: string | string[];
    Resource: unknown;
    Condition?: unknown;
  }

  const statements = () =>
    [...ofType('AWS::IAM::Policy'), ...ofType('AWS::IAM::ManagedPolicy')].flatMap(([id, { Properties }]) =>
      (Properties.PolicyDocument.Statement as Statement[]).map(statement => ({ id, ...statement })),
    );
  const actionsOf = ({ Action }: Statement) => [Action].flat();

  it('name every action and every resource', () => {
    expect(statements().length).toBeGreaterThan(0);
    for (const statement of statements()) {
      expect(actionsOf(statement).filter(action => action.includes('*'))).toEqual([]);
      // Which streams there are can't be asked of one table.
      if (statement.Action === 'dynamodb:ListStreams') continue;
      expect([statement.Resource].flat()).not.toContain('*');
    }
  });

  it('come from policies written here, none from a managed one', () => {
    for (const [, { Properties }] of ofType('AWS::IAM::Role'))
      expect(Properties.ManagedPolicyArns).toBeUndefined();
  });

  const writesTo = (table: string) =>
    statements().filter(
      statement =>
        JSON.stringify(statement.Resource).includes(table) &&
        actionsOf(statement).some(action => /:(Put|Update|Delete|BatchWrite)/.test(action)),
    );

  it('let no function do more with the audit log than put and query', () => {
    const onAudit = statements().filter(({ Resource }) => /Audit(?!.*stream)/.test(JSON.stringify(Resource)));
    const rights = onAudit.map(statement => [
      statement.id.replace(/RoleDefaultPolicy[0-9A-F]{8}$/, ''),
      statement.Effect,
      actionsOf(statement).map(action => action.replace('dynamodb:', '')),
      statement.Condition,
    ]);
    const append = ['PutItem', 'Query'];
    const readStream = ['DescribeStream', 'GetRecords', 'GetShardIterator'];
    expect(rights.sort()).toEqual([
      ['ApiFunction', 'Allow', append, undefined],
      ['Broadcast', 'Allow', readStream, undefined],
      ['Cleanup', 'Allow', append, undefined],
      ['DeletionWorker', 'Allow', append, undefined],
      ['Export', 'Allow', ['Query'], undefined],
      ['Ingest', 'Allow', append, undefined],
    ]);
  });

  it('let no function change what earlier releases wrote of the audit log', () => {
    const ids = new Set(writesTo('Network').map(({ id }) => id));
    const writers = [...ids].filter(id => !id.startsWith('Broadcast'));
    expect(writers).toHaveLength(4);
    // It puts edges' orders and the versions of their routes one by one, and nothing else.
    expect(writesTo('Network').filter(({ id }) => id.startsWith('Broadcast'))).toMatchObject([
      {
        Effect: 'Allow',
        Action: 'dynamodb:PutItem',
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['COMMAND#*', 'ROUTES#*'] } },
      },
    ]);
    for (const id of writers) {
      const [allowed, denied, ...others] = writesTo('Network').filter(statement => statement.id === id);
      expect(others).toEqual([]);
      expect(allowed).toMatchObject({ Effect: 'Allow' });
      expect(allowed!.Condition).toBeUndefined();
      expect(denied).toMatchObject({ Effect: 'Deny', Action: allowed!.Action });
      expect(deniedKeys(denied!)).toContain('AUDIT#*');
    }
  });

  const deniedKeys = ({ Condition }: Statement) =>
    (Condition as Record<string, Record<string, string[]>>)['ForAnyValue:StringLike']![
      'dynamodb:LeadingKeys'
    ];

  it('let ingest write no inventory, and the deletion worker nothing in the caches but generations', () => {
    const denied = (table: string, who: string) =>
      writesTo(table).filter(({ id, Effect }) => id.startsWith(who) && Effect === 'Deny');
    expect(denied('Network', 'Ingest').map(deniedKeys)).toEqual([
      [
        ...['AUDIT#*', 'POLICY', 'ROUTING', 'EDGE', 'KEYS#*', 'KEY#*', 'KEY_CHANGES', 'SITE#*', 'SITES'],
        ...['DELETION', 'ARCHIVE#*', 'ARCHIVES', 'WAITING#*'],
      ],
    ]);
    expect(denied('Cache', 'DeletionWorker')).toMatchObject([{ Action: 'dynamodb:UpdateItem' }]);
    expect(denied('Cache', 'DeletionWorker').map(deniedKeys)).toEqual([['ENTRY#*#*', 'USAGE']]);
  });

  it('let the function that signs webhooks alone read their secrets', () => {
    const reads = statements().filter(
      ({ Action, Resource }) =>
        /dynamodb:(Get|BatchGet|Query)/.test(JSON.stringify(Action)) &&
        JSON.stringify(Resource).includes('Network') &&
        !JSON.stringify(Resource).includes('Stream'),
    );
    const roles = (effect: string) =>
      reads.filter(({ Effect }) => Effect === effect).map(({ id }) => id.replace(/Role.*$/, ''));
    const denied = reads.filter(({ Effect }) => Effect === 'Deny');
    for (const statement of denied) expect(deniedKeys(statement)).toEqual(['SECRET#*']);
    expect(roles('Allow').filter(role => !roles('Deny').includes(role))).toEqual(['Notify']);
  });

  it('rest on no leading keys where a function writes in transactions', () => {
    const byKeys = statements().filter(
      ({ Effect, Condition }) =>
        Effect === 'Allow' && JSON.stringify(Condition ?? '').includes('LeadingKeys'),
    );
    // These write items one by one.
    const functions = new Set(byKeys.map(({ id }) => id.replace(/RoleDefaultPolicy[0-9A-F]{8}$/, '')));
    expect([...functions].sort()).toEqual(['Broadcast', 'Export', 'Figures', 'FlowLog', 'Notify']);
  });

  it('let the api function write no counter or sample; lanes and boots for voids only', () => {
    const [allowed, denied, ...others] = writesTo('Traffic').filter(({ id }) => id.startsWith('ApiFunction'));
    expect(others).toEqual([]);
    expect(denied).toMatchObject({ Effect: 'Deny', Action: allowed!.Action });
    expect(deniedKeys(denied!)).toEqual([
      ...['IDLE#*', 'COUNTER#*', 'QUARANTINE', 'QUARANTINE#*'],
      ...['SNAPSHOT', 'LATE', 'SAMPLE#*', 'LANES#*', 'FLOWS#*'],
    ]);
  });

  it('never include a scan or PartiQL, nor a batch write where the audit is', () => {
    expect(
      statements()
        .flatMap(actionsOf)
        .filter(action => /Scan|PartiQL/.test(action)),
    ).toEqual([]);
    const onNetwork = statements().filter(({ Resource }) => JSON.stringify(Resource).includes('Network'));
    expect(onNetwork.length).toBeGreaterThan(0);
    expect(onNetwork.flatMap(actionsOf).filter(action => action.includes('BatchWrite'))).toEqual([]);
  });

  it('let the api function alone call the user pool, by ten calls on that pool', () => {
    const calls = ofType('AWS::IAM::Policy').flatMap(([id, { Properties }]) =>
      (Properties.PolicyDocument.Statement as Statement[])
        .filter(statement => actionsOf(statement).some(action => action.startsWith('cognito-idp:')))
        .map(statement => ({ id: id.replace(/Function.*/, ''), statement })),
    );
    expect(calls.map(({ id }) => id)).toEqual(['Api']);
    const [{ statement }] = calls as [(typeof calls)[number]];
    expect(statement.Resource).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^SignInPeople/), 'Arn'] });
    expect(actionsOf(statement).toSorted()).toEqual(
      [
        ...['AdminAddUserToGroup', 'AdminCreateUser', 'AdminDisableUser', 'AdminEnableUser', 'AdminGetUser'],
        ...['AdminListGroupsForUser', 'AdminRemoveUserFromGroup', 'AdminUserGlobalSignOut'],
        ...['ListUsers', 'ListUsersInGroup'],
      ].map(call => `cognito-idp:${call}`),
    );
  });

  it('let an edge only report, and a machine only call the queries that are open to machines', () => {
    const [edge, reader] = ofType('AWS::IAM::ManagedPolicy').map(
      ([, { Properties }]) => Properties.PolicyDocument.Statement,
    );
    expect(edge).toEqual([
      {
        Effect: 'Allow',
        Action: 'kinesis:PutRecords',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Reports/), 'Arn'] },
      },
    ]);
    const queries = operationFields(readFileSync('graphql/schema.graphql', 'utf8'))
      .filter(({ typeName, machines }) => typeName === 'Query' && machines)
      .map(({ fieldName }) => fieldName)
      // They are an edge's own: a machine that may read could call its session like any edge.
      .filter(name => !['pendingCommands', 'edgeRoutes', 'ownEdge'].includes(name))
      .map(name => `/types/Query/fields/${name}`);
    expect(queries).toContain('/types/Query/fields/policies');
    expect(reader).toHaveLength(1);
    expect(reader[0].Action).toBe('appsync:GraphQL');
    expect(
      reader[0].Resource.map((resource: { 'Fn::Join': [string, unknown[]] }) =>
        resource['Fn::Join'][1].at(-1),
      ),
    ).toEqual(queries);
  });

  it('let each function touch only the keys of S3 that it has to, the exporter only its own items', () => {
    const files = statements().filter(({ Action }) => JSON.stringify(Action).includes('s3:'));
    const keysOf = ({ Resource }: Statement) =>
      [Resource]
        .flat()
        .map(resource => (resource as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1].at(-1) ?? '');
    const log = ['/flows/*', '/flow-index/*'];
    const byName = files.map(each => [each.id.slice(0, 6), each.Action, keysOf(each)]).sort();
    expect(byName.filter(([name]) => name === 'Publis')).toEqual([['Publis', 's3:PutObject', ['/*']]]);
    expect(byName.filter(([name]) => name !== 'Publis')).toEqual([
      ['ApiFun', 's3:GetObject', ['/exports/*']],
      ['ApiFun', 's3:GetObject', log],
      ['ApiFun', 's3:ListBucket', ['']],
      ['Export', 's3:AbortMultipartUpload', ['/exports/*']],
      ['Export', 's3:GetObject', log],
      ['Export', 's3:ListBucket', ['']],
      ['Export', ['s3:PutObject', 's3:GetObject'], ['/exports/*', '/unfinished/*']],
      ['FlowLo', 's3:GetObject', log],
      ['FlowLo', 's3:ListBucket', ['']],
      ['FlowLo', ['s3:PutObject', 's3:DeleteObject'], log],
      ['Ingest', 's3:PutObject', ['/flows/*']],
    ]);
    const exporting = writesTo('Traffic').filter(({ id }) => id.startsWith('Export'));
    expect(exporting).toMatchObject([
      { Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['EXPORT'] } } },
    ]);
    expect(writesTo('Network').filter(({ id }) => id.startsWith('Export'))).toEqual([]);
  });

  it('let the export function be called by the api, the clean-up and itself', () => {
    const calling = statements().filter(
      ({ Action, Resource }) =>
        Action === 'lambda:InvokeFunction' && JSON.stringify(Resource).includes('Export16632B07'),
    );
    expect(calling.map(({ id }) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
      'ApiFunctionRoleDefaultPolicy',
      'CleanupRoleDefaultPolicy',
      'ExportGoesOn',
    ]);
  });

  it('let only clients with TLS reach queues and the topics', () => {
    const policies = [...ofType('AWS::SQS::QueuePolicy'), ...ofType('AWS::SNS::TopicPolicy')];
    expect(policies).toHaveLength(ofType('AWS::SQS::Queue').length + 2);
    for (const [, { Properties }] of policies) {
      expect(Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });
});

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
        // Where it fails, so does the deployment that calls it.
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

  it('of our own metrics watch such as the functions emit', () => {
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

  it('are so many: each costs 0.10 dollars a month', () => {
    expect(watched()).toHaveLength(60);
  });

  it('take silence for an alarm where it is one, and for nothing elsewhere', () => {
    for (const [, { Properties }] of ofType('AWS::CloudWatch::Alarm')) {
      const isPulse = Properties.ComparisonOperator === 'LessThanThreshold';
      expect(Properties.TreatMissingData).toBe(isPulse ? 'breaching' : 'notBreaching');
    }
  });

  it('watch how old the stream of every function is that reads one', () => {
    const readers = ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) =>
      Properties.FunctionName.Ref.replace(/(Live)?[0-9A-F]{8}$/, ''),
    );
    expect(new Set(readers).size).toBe(3);
    for (const reader of readers) expect(watched()).toContain(`${reader}: IteratorAge > 300000`);
  });

  it('reach a topic that lets the alarms of this account publish, when they go off and when they are over', () => {
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

  it('say in words what to do, and name a section of the runbook that says how they end', () => {
    const sections = new Map(
      projectText('docs/runbook.md')
        .split(/^## /m)
        .slice(1)
        .map(text => [/^`(\w+)`\n/.exec(text)?.[1], text]),
    );
    // With everything on that has alarms of its own.
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

  it('are mailed to nobody without an address, which synth warns of', () => {
    const warned = (context: object) =>
      Annotations.fromStack(makeApp({ 'aws:cdk:bundling-stacks': [], ...context }).stacks[0]!).findWarning(
        '*',
        Match.stringLikeRegexp('^Alarms are not mailed to any address: set one with -c alarm_email='),
      ).length;
    expect(warned({})).toBe(1);
    expect(warned({ alarm_email: 'ops@example.com' })).toBe(0);
  });
});

describe('stacks', () => {
  it('stay far below the 500 resources that CloudFormation takes', () => {
    for (const template of templates) {
      expect(Object.keys(template.toJSON().Resources).length).toBeLessThan(400);
    }
  });
});

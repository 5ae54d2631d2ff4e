import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { operationFields } from '../../../../lib/operation-fields.ts';
import { stackTemplates } from '../../../support/stack-templates.ts';

const { ofType } = stackTemplates();

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
      // The list of streams cannot be restricted to one table.
      if (statement.Action === 'dynamodb:ListStreams') continue;
      expect([statement.Resource].flat()).not.toContain('*');
    }
  });

  it('come from policies in this project, none from a managed one', () => {
    for (const [, { Properties }] of ofType('AWS::IAM::Role'))
      expect(Properties.ManagedPolicyArns).toBeUndefined();
  });

  const writesTo = (table: string) =>
    statements().filter(
      statement =>
        JSON.stringify(statement.Resource).includes(table) &&
        actionsOf(statement).some(action => /:(Put|Update|Delete|BatchWrite)/.test(action)),
    );

  it('allow every function only put and query on the audit log', () => {
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

  it('prevent every function from changing audit entries of earlier releases', () => {
    const ids = new Set(writesTo('Network').map(({ id }) => id));
    const writers = [...ids].filter(id => !id.startsWith('Broadcast'));
    expect(writers).toHaveLength(4);
    // It puts the orders of edges and the versions of their routes one by one, and nothing else.
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

  it('prevent ingest from writing inventory, and the deletion worker from writing to the caches except generations', () => {
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

  it('allow only the function that signs webhooks to read their secrets', () => {
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

  it('depend on no leading keys if a function writes in transactions', () => {
    const byKeys = statements().filter(
      ({ Effect, Condition }) =>
        Effect === 'Allow' && JSON.stringify(Condition ?? '').includes('LeadingKeys'),
    );
    // These write items one by one.
    const functions = new Set(byKeys.map(({ id }) => id.replace(/RoleDefaultPolicy[0-9A-F]{8}$/, '')));
    expect([...functions].sort()).toEqual(['Broadcast', 'Export', 'Figures', 'FlowLog', 'Notify']);
  });

  it('allow the api function no writes of counters and samples, and writes of lanes and boots for voids only', () => {
    const [allowed, denied, ...others] = writesTo('Traffic').filter(({ id }) => id.startsWith('ApiFunction'));
    expect(others).toEqual([]);
    expect(denied).toMatchObject({ Effect: 'Deny', Action: allowed!.Action });
    expect(deniedKeys(denied!)).toEqual([
      ...['IDLE#*', 'COUNTER#*', 'QUARANTINE', 'QUARANTINE#*'],
      ...['SNAPSHOT', 'LATE', 'SAMPLE#*', 'LANES#*', 'FLOWS#*'],
    ]);
  });

  it('include no scan, no PartiQL and no batch write to the tables with audit entries', () => {
    expect(
      statements()
        .flatMap(actionsOf)
        .filter(action => /Scan|PartiQL/.test(action)),
    ).toEqual([]);
    const onNetwork = statements().filter(({ Resource }) => JSON.stringify(Resource).includes('Network'));
    expect(onNetwork.length).toBeGreaterThan(0);
    expect(onNetwork.flatMap(actionsOf).filter(action => action.includes('BatchWrite'))).toEqual([]);
  });

  it('allow only the api function to call the user pool, with ten operations on that pool', () => {
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

  it('allow an edge only to report, and a machine only the queries that are open to machines', () => {
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
      // They are an edge's own: a machine that may read could name its session like any edge.
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

  it('allow each function only the keys of S3 that it needs, and the exporter only its own items', () => {
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

  it('allow the api, the clean-up and the export function itself to invoke the export function', () => {
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

  it('allow only clients with TLS to use queues and topics', () => {
    const policies = [...ofType('AWS::SQS::QueuePolicy'), ...ofType('AWS::SNS::TopicPolicy')];
    expect(policies).toHaveLength(ofType('AWS::SQS::Queue').length + 2);
    for (const [, { Properties }] of policies) {
      expect(Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });
});

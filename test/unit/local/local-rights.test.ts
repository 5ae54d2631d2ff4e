import { describe, expect, it } from 'vitest';
import { decide } from '../../../local/rights/decide.ts';
import { makeGuard } from '../../../local/rights/guard.ts';
import type { AwsRequest, Place } from '../../../local/rights/need.ts';
import { needsOfRequest } from '../../../local/rights/needs-of-request.ts';
import type { RightsRecord } from '../../../local/rights/record-rights.ts';
import { policyDocumentSchema, type Statement } from '../../../local/rights/statement.ts';
import { rightsComplaints } from '../../support/rights/rights-complaints.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:000000000000:table/Traffic';
const place: Place = {
  account: '000000000000',
  region: 'eu-central-1',
  s3_path: '/s3',
  api_arn: 'arn:aws:appsync:eu-central-1:000000000000:apis/local',
};

function policy(...statements: object[]): Statement[] {
  return policyDocumentSchema.parse({ Version: '2012-10-17', Statement: statements });
}

const allow = (Action: unknown, Resource: unknown, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const deny = (Action: unknown, Resource: unknown, Condition?: object) => ({
  ...allow(Action, Resource, Condition),
  Effect: 'Deny',
});
const keys = (operator: string, ...values: string[]) => ({ [operator]: { 'dynamodb:LeadingKeys': values } });
const among = (...values: string[]) => ({
  ...keys('ForAllValues:StringLike', ...values),
  Null: { 'dynamodb:LeadingKeys': 'false' },
});

describe('the policies of a role', () => {
  const put = { action: 'dynamodb:PutItem', resource: TABLE };
  it.each<[string, object[], { action: string; resource: string; keys?: string[] }, boolean]>([
    ['nothing', [], put, false],
    ['the action', [allow('dynamodb:PutItem', TABLE)], put, true],
    ['the action in another case', [allow('DynamoDB:putitem', TABLE)], put, true],
    ['another action', [allow('dynamodb:GetItem', TABLE)], put, false],
    ['an action that begins the same', [allow('dynamodb:Put', TABLE)], put, false],
    ['actions by a wildcard', [allow('dynamodb:P*', TABLE)], put, true],
    ['actions by a wildcard for one character', [allow('dynamodb:P?tItem', TABLE)], put, true],
    ['one action of a list', [allow(['dynamodb:GetItem', 'dynamodb:PutItem'], TABLE)], put, true],
    ['another table', [allow('dynamodb:PutItem', `${TABLE}2`)], put, false],
    ['a table in another case', [allow('dynamodb:PutItem', TABLE.toLowerCase())], put, false],
    ['every table', [allow('dynamodb:PutItem', '*')], put, true],
    ['indexes of the table', [allow('dynamodb:PutItem', `${TABLE}/index/*`)], put, false],
    ['a dot that is not a wildcard', [allow('dynamodb.PutItem', TABLE)], put, false],
    ['a denial as well', [allow('dynamodb:PutItem', TABLE), deny('dynamodb:*', '*')], put, false],
    [
      'a denial of another action',
      [allow('dynamodb:PutItem', TABLE), deny('dynamodb:GetItem', '*')],
      put,
      true,
    ],
    ['its keys', [allow('dynamodb:PutItem', TABLE, among('A#*'))], { ...put, keys: ['A#1', 'A#2'] }, true],
    [
      'one of its keys',
      [allow('dynamodb:PutItem', TABLE, among('A#*'))],
      { ...put, keys: ['A#1', 'B'] },
      false,
    ],
    ['keys, of a call without', [allow('dynamodb:PutItem', TABLE, among('A#*'))], put, false],
    [
      'keys, for a call without keys, unless that is denied',
      [allow('dynamodb:PutItem', TABLE, keys('ForAllValues:StringLike', 'A#*'))],
      put,
      true,
    ],
    [
      'but denies one of its keys',
      [
        allow('dynamodb:PutItem', TABLE),
        deny('dynamodb:PutItem', TABLE, keys('ForAnyValue:StringLike', 'A#*')),
      ],
      { ...put, keys: ['B', 'A#1'] },
      false,
    ],
    [
      'but denies other keys',
      [
        allow('dynamodb:PutItem', TABLE),
        deny('dynamodb:PutItem', TABLE, keys('ForAnyValue:StringLike', 'A#*')),
      ],
      { ...put, keys: ['B', 'A'] },
      true,
    ],
    [
      'only calls without keys',
      [allow('dynamodb:PutItem', TABLE, { Null: { 'dynamodb:LeadingKeys': 'true' } })],
      { ...put, keys: ['A'] },
      false,
    ],
  ])('allow %s', (_, statements, need, allowed) => {
    expect(decide(policy(...statements), need).allowed).toBe(allowed);
  });

  it('name the grants that a call used, with the keys of its action only', () => {
    const statements = policy(allow(['dynamodb:*'], [`${TABLE}2`, TABLE], among('A#*', 'B', 'C')));
    expect(decide(statements, { ...put, keys: ['A#1', 'B'], own_keys: ['B'] })).toEqual({
      allowed: true,
      grants: [{ action: 'dynamodb:*', resource: TABLE, keys: ['B'] }],
    });
  });

  it.each<[string, object]>([
    ['an operator', allow('a:B', '*', { StringEqualsIfExists: { 'dynamodb:LeadingKeys': 'A' } })],
    ['a key', allow('a:B', '*', { 'ForAnyValue:StringLike': { 'aws:PrincipalTag/team': 'A' } })],
    ['an element', { Effect: 'Allow', NotAction: 'a:B', Resource: '*' }],
    ['a principal', { ...allow('a:B', '*'), Principal: '*' }],
  ])('are rejected if %s is unknown', (_, statement) => {
    expect(() => policy(statement)).toThrow();
  });
});

const dynamodb = (operation: string, body: object): AwsRequest => ({
  service: 'dynamodb',
  method: 'POST',
  path: '/',
  headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
  body: JSON.stringify(body),
});
const json = (service: string, target: string, body: object): AwsRequest => ({
  ...dynamodb('', body),
  service,
  headers: { 'x-amz-target': target },
});
const s3 = (method: string, path: string, body = ''): AwsRequest => ({
  service: 's3',
  method,
  path: `/s3/files${path}`,
  headers: {},
  body,
});
const graphql = (query: string): AwsRequest => ({
  service: 'appsync',
  method: 'POST',
  path: '/graphql',
  headers: {},
  body: JSON.stringify({ query }),
});
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });

/** A need in one line: action, the end of the resource, keys. */
function shown(request: AwsRequest): string[] {
  return needsOfRequest(request, place).map(({ action, resource, own_keys }) =>
    [action, resource.replace(/^.*?000000000000:|^arn:aws:s3:::/, ''), ...(own_keys ?? [])].join(' '),
  );
}

describe('the rights that a call needs', () => {
  it.each<[string, AwsRequest, string[]]>([
    ['a get', dynamodb('GetItem', { TableName: 'T', Key: key('A') }), ['dynamodb:GetItem table/T A']],
    ['a put', dynamodb('PutItem', { TableName: 'T', Item: key('A') }), ['dynamodb:PutItem table/T A']],
    [
      'a query by a name',
      dynamodb('Query', {
        TableName: 'T',
        KeyConditionExpression: 'begins_with(sk, :from) AND #p = :p',
        ExpressionAttributeNames: { '#p': 'pk' },
        ExpressionAttributeValues: { ':p': { S: 'A' }, ':from': { S: 'B' } },
      }),
      ['dynamodb:Query table/T A'],
    ],
    [
      'a query of an index',
      dynamodb('Query', {
        TableName: 'T',
        IndexName: 'by-expiry',
        KeyConditionExpression: 'pk = :pk AND expires_ms < :now',
        ExpressionAttributeValues: { ':pk': { S: 'A' }, ':now': { N: '1' } },
      }),
      ['dynamodb:Query table/T/index/by-expiry A'],
    ],
    [
      'a batch of gets',
      dynamodb('BatchGetItem', {
        RequestItems: { T: { Keys: [key('A'), key('B')] }, U: { Keys: [key('C')] } },
      }),
      ['dynamodb:BatchGetItem table/T A B', 'dynamodb:BatchGetItem table/U C'],
    ],
    [
      'a batch of writes',
      dynamodb('BatchWriteItem', {
        RequestItems: { T: [{ PutRequest: { Item: key('A') } }, { DeleteRequest: { Key: key('B') } }] },
      }),
      ['dynamodb:BatchWriteItem table/T A B'],
    ],
    [
      'a transaction',
      dynamodb('TransactWriteItems', {
        TransactItems: [
          { Put: { TableName: 'T', Item: key('A') } },
          { Update: { TableName: 'T', Key: key('B') } },
          { Delete: { TableName: 'T', Key: key('C') } },
          { Update: { TableName: 'T', Key: key('E') } },
          { ConditionCheck: { TableName: 'U', Key: key('D') } },
        ],
      }),
      [
        ...['dynamodb:PutItem table/T A', 'dynamodb:UpdateItem table/T B E', 'dynamodb:DeleteItem table/T C'],
        'dynamodb:ConditionCheckItem table/U D',
      ],
    ],
    ['an object', s3('GET', '/flows/a%20b?x-id=GetObject'), ['s3:GetObject files/flows/a b']],
    ['the head of one', s3('HEAD', '/flows/a'), ['s3:GetObject files/flows/a']],
    ['an upload', s3('PUT', '/flows/a'), ['s3:PutObject files/flows/a']],
    ['an upload in parts', s3('POST', '/flows/a?uploads'), ['s3:PutObject files/flows/a']],
    ['a part', s3('PUT', '/flows/a?partNumber=1&uploadId=u'), ['s3:PutObject files/flows/a']],
    ['its end', s3('POST', '/flows/a?uploadId=u'), ['s3:PutObject files/flows/a']],
    ['its abort', s3('DELETE', '/flows/a?uploadId=u'), ['s3:AbortMultipartUpload files/flows/a']],
    ['a list', s3('GET', '?list-type=2&prefix=flows%2F'), ['s3:ListBucket files']],
    [
      'a deletion of several',
      s3('POST', '?delete', '<Delete><Object><Key>a</Key></Object><Object><Key>b/c</Key></Object></Delete>'),
      ['s3:DeleteObject files/a', 's3:DeleteObject files/b/c'],
    ],
    [
      'an invocation',
      {
        service: 'lambda',
        method: 'POST',
        path: '/lambda/2015-03-31/functions/Export/invocations',
        headers: {},
        body: '',
      },
      ['lambda:InvokeFunction function:Export'],
    ],
    [
      'an invocation of an alias',
      {
        service: 'lambda',
        method: 'POST',
        path: '/2015-03-31/functions/Export/invocations?Qualifier=live',
        headers: {},
        body: '',
      },
      ['lambda:InvokeFunction function:Export:live'],
    ],
    [
      'a call of the user pool',
      json('cognito-idp', 'AWSCognitoIdentityProviderService.AdminGetUser', { UserPoolId: 'pool' }),
      ['cognito-idp:AdminGetUser userpool/pool'],
    ],
    [
      'records for a stream',
      json('kinesis', 'Kinesis_20131202.PutRecords', { StreamName: 'reports' }),
      ['kinesis:PutRecords stream/reports'],
    ],
    [
      'a mail',
      {
        ...{ service: 'sns', method: 'POST', path: '/', headers: {} },
        body: 'Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aeu-central-1%3A000000000000%3ANotices',
      },
      ['sns:Publish Notices'],
    ],
    [
      'a mutation of two fields',
      graphql('mutation A($x: ID!) { publishEvent(id: $x) { id } again: publishCommand { id } }'),
      ['publishEvent', 'publishCommand'].map(
        field => `appsync:GraphQL apis/local/types/Mutation/fields/${field}`,
      ),
    ],
  ])('of %s', (_, request, needs) => {
    expect(shown(request)).toEqual(needs);
  });

  it('are decided by all keys of a transaction', () => {
    const [first] = needsOfRequest(
      dynamodb('TransactWriteItems', {
        TransactItems: [
          { Put: { TableName: 'T', Item: key('A') } },
          { Delete: { TableName: 'U', Key: key('B') } },
        ],
      }),
      place,
    );
    expect(first).toMatchObject({ keys: ['A', 'B'], own_keys: ['A'] });
  });

  it.each<[AwsRequest, string]>([
    [dynamodb('Scan', { TableName: 'T' }), 'dynamodb:Scan'],
    [dynamodb('PutItem', { TableName: 'T', Item: {} }), 'an item without the key pk'],
    [dynamodb('Query', { TableName: 'T', KeyConditionExpression: 'sk = :sk' }), 'a query by "sk = :sk"'],
    [s3('GET', '?acl'), 's3: GET bucket with acl'],
    [json('cognito-idp', 'AWSCognitoIdentityProviderService.GetUser', {}), 'cognito-idp:GetUser'],
    [graphql('{ ...sites } fragment sites on Query { sites { id } }'), 'a fragment at the top of a document'],
    [{ ...s3('GET', ''), service: 'ec2' }, 'a call of ec2'],
  ])('are an error if they are unknown', (request, what) => {
    expect(() => needsOfRequest(request, place)).toThrow(
      `The permissions for ${what} are unknown: add them in local/rights/.`,
    );
  });
});

describe('a guard', () => {
  const statements = policy(
    allow('dynamodb:*', TABLE),
    deny('dynamodb:PutItem', TABLE, keys('ForAnyValue:StringLike', 'LANE#*')),
  );
  const guard = makeGuard({ role: 'cleanup', statements, place });
  const put = (TableName: string, pk: string) => dynamodb('PutItem', { TableName, Item: key(pk) });

  it('allows the calls that the policies allow', () => {
    expect(guard(put('Traffic', 'EXPORT'))).toBeUndefined();
  });

  it.each([
    ['Traffic', 'with an explicit deny in an identity-based policy'],
    ['Network', 'because no identity-based policy allows the dynamodb:PutItem action'],
  ])('denies others like the service: %s', (table, why) => {
    expect(guard(put(table, 'LANE#1'))).toMatchObject({
      name: 'AccessDeniedException',
      message: `User: cleanup is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-central-1:000000000000:table/${table} with key LANE#1 ${why}`,
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('denies unknown calls', () => {
    expect(guard(dynamodb('Scan', {}))).toMatchObject({ name: 'UnknownCall' });
  });
});

describe('after a run of tests', () => {
  const statements = policy(
    allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], TABLE, among('A', 'B#*')),
    allow(['s3:GetObject'], ['arn:aws:s3:::files/flows/*', 'arn:aws:s3:::files/exports/*']),
    allow('logs:PutLogEvents', 'arn:aws:logs:eu-central-1:000000000000:log'),
    deny('dynamodb:DeleteItem', TABLE),
  );
  const functions = { cleanup: { rights: { role: 'cleanup', statements, place }, environment: {} } };
  const used = (request: AwsRequest): RightsRecord[] => {
    const records: RightsRecord[] = [];
    makeGuard(functions.cleanup.rights, {
      onGrant: grant => records.push({ role: 'cleanup', grant }),
      onRefusal: ({ message }) => records.push({ role: 'cleanup', refused: message }),
    })(request);
    return records;
  };
  const records = [
    ...used(dynamodb('PutItem', { TableName: 'Traffic', Item: key('A') })),
    ...used(dynamodb('PutItem', { TableName: 'Traffic', Item: key('B#1') })),
    ...used(dynamodb('UpdateItem', { TableName: 'Traffic', Key: key('A') })),
    ...used(s3('GET', '/flows/x')),
  ];
  const unused = (right: string) =>
    `A function has a right that no test makes use of. cleanup: ${right}: take it away, or say why it is needed in test/support/rights/exceptions.ts.`;

  it('names each unused action, resource and key, without exceptions', () => {
    expect(rightsComplaints(functions, records, { whole: true })).toEqual([
      unused('dynamodb:UpdateItem on table/Traffic with key B#*'),
      unused('s3:GetObject on files/exports/*'),
    ]);
    expect(rightsComplaints(functions, records, { whole: false })).toEqual([]);
  });

  it('names denied calls, also after only some of the tests', () => {
    const [refused] = used(dynamodb('DeleteItem', { TableName: 'Traffic', Key: key('A') }));
    const message = `User: cleanup is not authorized to perform: dynamodb:DeleteItem on resource: ${TABLE} with key A with an explicit deny in an identity-based policy`;
    expect(rightsComplaints(functions, [...records, refused!], { whole: false })).toEqual([
      `A function lacks a right. cleanup: ${message}`,
    ]);
  });
});

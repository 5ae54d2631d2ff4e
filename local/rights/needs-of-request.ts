import { Kind, type OperationTypeNode, parse } from 'graphql';
import { dynamodbNeeds } from './dynamodb-needs.ts';
import { type AwsRequest, type Need, type Place, UnknownCall } from './need.ts';
import { s3Needs } from './s3-needs.ts';

/** The permissions that a call needs, by service as in signatures. */
const NEEDS: Record<string, (request: AwsRequest, place: Place) => Need[]> = {
  dynamodb: ({ headers, body }, place) => dynamodbNeeds(operationOf(headers), JSON.parse(body), place),
  s3: s3Needs,
  lambda: invokeNeeds,
  sns: snsNeeds,
  'cognito-idp': cognitoNeeds,
  kinesis: kinesisNeeds,
  appsync: graphqlNeeds,
};

/** The permissions that a call needs. @throws UnknownCall if they are unknown */
export function needsOfRequest(request: AwsRequest, place: Place): Need[] {
  const needs = NEEDS[request.service];
  if (!needs) throw new UnknownCall(`a call of ${request.service}`);
  return needs(request, place);
}

/** `PutItem` of `X-Amz-Target: DynamoDB_20120810.PutItem`. */
function operationOf(headers: AwsRequest['headers']): string {
  return (headers['x-amz-target'] ?? '').split('.').at(-1)!;
}

function invokeNeeds({ method, path }: AwsRequest, { region, account }: Place): Need[] {
  const { pathname, searchParams } = new URL(path, 'http://lambda');
  const name = /\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(pathname)?.[1];
  if (method !== 'POST' || name === undefined) throw new UnknownCall(`lambda: ${method} ${pathname}`);
  const named = decodeURIComponent(name);
  const qualifier = searchParams.get('Qualifier');
  const arn = named.startsWith('arn:') ? named : `arn:aws:lambda:${region}:${account}:function:${named}`;
  return [{ action: 'lambda:InvokeFunction', resource: qualifier === null ? arn : `${arn}:${qualifier}` }];
}

function snsNeeds({ body }: AwsRequest): Need[] {
  const form = new URLSearchParams(body);
  const topic = form.get('TopicArn');
  if (form.get('Action') !== 'Publish' || topic === null) throw new UnknownCall(`sns:${form.get('Action')}`);
  return [{ action: 'sns:Publish', resource: topic }];
}

function cognitoNeeds({ headers, body }: AwsRequest, { region, account }: Place): Need[] {
  const { UserPoolId } = JSON.parse(body) as { UserPoolId?: string };
  const operation = operationOf(headers);
  if (UserPoolId === undefined) throw new UnknownCall(`cognito-idp:${operation}`);
  const resource = `arn:aws:cognito-idp:${region}:${account}:userpool/${UserPoolId}`;
  return [{ action: `cognito-idp:${operation}`, resource }];
}

function kinesisNeeds({ headers, body }: AwsRequest, { region, account }: Place): Need[] {
  const { StreamName, StreamARN } = JSON.parse(body) as { StreamName?: string; StreamARN?: string };
  const operation = operationOf(headers);
  if (StreamName === undefined && StreamARN === undefined) throw new UnknownCall(`kinesis:${operation}`);
  const resource = StreamARN ?? `arn:aws:kinesis:${region}:${account}:stream/${StreamName}`;
  return [{ action: `kinesis:${operation}`, resource }];
}

const TYPES: Record<`${OperationTypeNode}`, string> = {
  query: 'Query',
  mutation: 'Mutation',
  subscription: 'Subscription',
};

function graphqlNeeds({ body }: AwsRequest, place: Place): Need[] {
  return graphqlFields((JSON.parse(body) as { query: string }).query, place);
}

/**
 * The rights that a GraphQL document needs: `appsync:GraphQL` on each field at its top. @throws
 * UnknownCall for fragments there
 */
export function graphqlFields(document: string, { api_arn }: Pick<Place, 'api_arn'>): Need[] {
  const operations = parse(document, { noLocation: true }).definitions.filter(
    definition => definition.kind === Kind.OPERATION_DEFINITION,
  );
  return operations.flatMap(({ operation, selectionSet }) =>
    selectionSet.selections.map(selection => {
      if (selection.kind !== Kind.FIELD) throw new UnknownCall('a fragment at the top of a document');
      const field = `types/${TYPES[operation]}/fields/${selection.name.value}`;
      return { action: 'appsync:GraphQL', resource: `${api_arn}/${field}` };
    }),
  );
}

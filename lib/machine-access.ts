import type { GraphqlApi } from 'aws-cdk-lib/aws-appsync';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { Construct } from 'constructs';

/** Queries for an edge itself: in the policy of edges, and in that of other machines not. */
export const EDGE_QUERIES = ['pendingCommands', 'edgeRoutes', 'ownEdge'];

/** The resolver of `edgeCommands`, told which roles' sessions are edges. */
export function edgeCommandsCode(code: string, edge_roles: readonly string[]): string {
  const line = /^const EDGE_ROLES = .*;$/m;
  if (!line.test(code)) throw new Error('The resolver of edgeCommands has no line `const EDGE_ROLES = …;`.');
  return code.replace(line, `const EDGE_ROLES = [${edge_roles.map(role => `'${role}'`).join(', ')}];`);
}

/** What the role of an edge needs to report. Attach it to that role. */
export function allowReporting(scope: Construct, stream: IStream): ManagedPolicy {
  return new ManagedPolicy(scope, 'EdgeReports', {
    description: 'Patronus: lets an edge put its reports on the stream',
    statements: [new PolicyStatement({ actions: ['kinesis:PutRecords'], resources: [stream.streamArn] })],
  });
}

/**
 * What the role of an edge needs to take commands. Whose they are is checked against the role
 * (setting `edge_roles`) and its session's name, so an edge must not be able to choose the name:
 * let the trust policy fix `sts:RoleSessionName`.
 */
export function allowCommands(scope: Construct, api: GraphqlApi): ManagedPolicy {
  const fields = [
    ...EDGE_QUERIES.map(query => `Query/fields/${query}`),
    'Query/fields/policies',
    'Mutation/fields/acknowledgeCommand',
    'Mutation/fields/reportProbe',
    'Subscription/fields/edgeCommands',
    'Subscription/fields/edgeNews',
  ];
  return new ManagedPolicy(scope, 'EdgeCommands', {
    description:
      'Patronus: lets an edge take commands, fetch the policies, answer probes and see what is counted of it',
    statements: [
      new PolicyStatement({
        actions: ['appsync:GraphQL'],
        resources: fields.map(field => `${api.arn}/types/${field}`),
      }),
    ],
  });
}

/**
 * What the role of a machine needs to read the API, `queries` and nothing else. Attach it to that
 * role.
 */
export function allowReading(scope: Construct, api: GraphqlApi, queries: readonly string[]): ManagedPolicy {
  return new ManagedPolicy(scope, 'MachineReads', {
    description: 'Patronus: lets a machine call the queries that are open to machines',
    statements: [
      new PolicyStatement({
        actions: ['appsync:GraphQL'],
        resources: queries.map(query => `${api.arn}/types/Query/fields/${query}`),
      }),
    ],
  });
}

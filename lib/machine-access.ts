import type { GraphqlApi } from 'aws-cdk-lib/aws-appsync';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { Construct } from 'constructs';

/**
 * Queries for edges themselves: allowed by the policy of edges, but not by that of other machines.
 */
export const EDGE_QUERIES = ['pendingCommands', 'edgeRoutes', 'ownEdge'];

/** The resolver of `edgeCommands` with the roles of edges inserted. */
export function edgeCommandsCode(code: string, edge_roles: readonly string[]): string {
  const line = /^const EDGE_ROLES = .*;$/m;
  if (!line.test(code)) throw new Error('The resolver of edgeCommands has no line `const EDGE_ROLES = …;`.');
  return code.replace(line, `const EDGE_ROLES = [${edge_roles.map(role => `'${role}'`).join(', ')}];`);
}

/** The permissions that an edge's role needs to report. Attach the policy to that role. */
export function allowReporting(scope: Construct, stream: IStream): ManagedPolicy {
  return new ManagedPolicy(scope, 'EdgeReports', {
    description: 'Patronus: lets an edge put its reports on the stream',
    statements: [new PolicyStatement({ actions: ['kinesis:PutRecords'], resources: [stream.streamArn] })],
  });
}

/**
 * The permissions that an edge's role needs to receive commands. The API identifies the edge by its
 * role (setting `edge_roles`) and the session's name, so an edge must not be able to choose the
 * name: let the trust policy fix `sts:RoleSessionName`.
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
 * The permissions that a machine's role needs to read the API: `queries` and nothing else. Attach
 * the policy to that role.
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

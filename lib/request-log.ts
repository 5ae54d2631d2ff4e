import { RemovalPolicy } from 'aws-cdk-lib';
import type { CfnGraphQLApi, GraphqlApi } from 'aws-cdk-lib/aws-appsync';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';

/**
 * Lets AppSync log each request: its id, status and times, to find slow and refused requests.
 * Queries, arguments, headers and answers are not logged. AppSync may write only to this log group
 * and create none, because a log group that it creates would never expire.
 */
export function logRequests(api: GraphqlApi): void {
  const role = new Role(api, 'RequestLogRole', { assumedBy: new ServicePrincipal('appsync.amazonaws.com') });
  const logGroup = new LogGroup(api, 'RequestLog', {
    logGroupName: `/aws/appsync/apis/${api.apiId}`,
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  logGroup.grantWrite(role);
  (api.node.defaultChild as CfnGraphQLApi).logConfig = {
    cloudWatchLogsRoleArn: role.roleArn,
    fieldLogLevel: 'NONE',
    excludeVerboseContent: true,
  };
}

import { RemovalPolicy } from 'aws-cdk-lib';
import type { CfnGraphQLApi, GraphqlApi } from 'aws-cdk-lib/aws-appsync';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';

/**
 * Has AppSync log each request: its id, status and times, by which slow and refused requests are
 * found. Queries, arguments, headers and answers stay out. AppSync may write to this one log group
 * and make none: it would keep for good what it logs.
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

import { RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type FunctionProps, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/**
 * Properties of every function: Node 24 on ARM, its own log group that keeps a month, and its own
 * role that may write only to that log group.
 * @param ids ids of log group and role in the scope
 */
export function functionBasics(scope: Construct, ids: { logs: string; role: string }) {
  const logGroup = new LogGroup(scope, ids.logs, {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // The managed role may write to every log group of the account.
  const role = new Role(scope, ids.role, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  return {
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    logGroup,
    role,
  } satisfies Partial<FunctionProps>;
}

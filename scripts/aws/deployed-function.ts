import {
  type CloudFormationClient,
  ListStackResourcesCommand,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { EdgeError } from '../../edge/edge-error.ts';

/** All resources of a stack, by its name or ARN. */
export async function stackResources(
  cloudformation: Pick<CloudFormationClient, 'send'>,
  StackName: string,
): Promise<StackResourceSummary[]> {
  const found: StackResourceSummary[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudformation.send(
      new ListStackResourcesCommand({ StackName, ...(NextToken && { NextToken }) }),
    );
    found.push(...(page.StackResourceSummaries ?? []));
    ({ NextToken } = page);
  } while (NextToken);
  return found;
}

/** The environment of a deployed function, which holds the settings it was deployed with. */
export async function deployedEnvironment(
  {
    cloudformation,
    lambda,
  }: { cloudformation: Pick<CloudFormationClient, 'send'>; lambda: Pick<LambdaClient, 'send'> },
  { stack, function: construct }: { stack: string; function: string },
): Promise<Record<string, string>> {
  const fn = (await stackResources(cloudformation, stack)).find(
    ({ ResourceType, LogicalResourceId }) =>
      ResourceType === 'AWS::Lambda::Function' && LogicalResourceId?.startsWith(construct),
  );
  if (!fn) throw new EdgeError(`The stack ${stack} has no function ${construct}: deploy it again.`);
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: fn.PhysicalResourceId }),
  );
  return Environment?.Variables ?? {};
}

import type { CloudFormationClient, Stack } from '@aws-sdk/client-cloudformation';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { EdgeError } from '../../edge/edge-error.ts';
import { readStage, STACK_PARTS, type StackPart, type Stage, stackName } from '../../lib/stage.ts';
import type { AwsOptions } from './aws-options.ts';

/** A stage's stacks in the account. */
export interface FoundStage {
  stage: Stage;
  /** For messages: "stage prod". */
  title: string;
  /** By part, without parts that aren't deployed. */
  stacks: Map<StackPart, Stack>;
  /** The id of a stack. @throws EdgeError when it isn't deployed */
  stackId(part: StackPart): string;
  /** An output of a stack. @throws EdgeError when the stack or the output doesn't exist */
  output(part: StackPart, name: string): string;
}

/** Reads a stage's stacks; leaves out those that aren't deployed. */
export async function findStage(
  cloudformation: Pick<CloudFormationClient, 'send'>,
  options: AwsOptions,
): Promise<FoundStage> {
  const stage = readStage(options.stage);
  const found = await Promise.all(
    STACK_PARTS.map(async part => [part, await readStack(cloudformation, stackName(stage, part))] as const),
  );
  const stacks = new Map<StackPart, Stack>();
  for (const [part, stack] of found) if (stack) stacks.set(part, stack);
  const title = `stage ${stage.name}`;
  return {
    stage,
    title,
    stacks,
    stackId: part => stackOf(part).StackId!,
    output(part, name) {
      const { Outputs, StackName, StackStatus } = stackOf(part);
      const value = Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
      if (value !== undefined) return value;
      throw new EdgeError(
        `The stack ${StackName} has no output ${name}: it is ${StackStatus}; deploy ${title} again with this release.`,
      );
    },
  };

  function stackOf(part: StackPart): Stack {
    const stack = stacks.get(part);
    if (stack) return stack;
    throw new EdgeError(
      `There is no stack ${stackName(stage, part)} in this account and region: deploy ${title} first, or name another with --stage and --region.`,
    );
  }
}

async function readStack(
  cloudformation: Pick<CloudFormationClient, 'send'>,
  StackName: string,
): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    return Stacks[0];
  } catch (cause) {
    // CloudFormation has no error code for a missing stack.
    if (cause instanceof Error && cause.message.includes('does not exist')) return undefined;
    throw cause;
  }
}

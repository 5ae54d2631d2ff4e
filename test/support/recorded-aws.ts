/** A call of AWS: its name and its input. */
export type AwsCall = [name: string, input: unknown];

/**
 * Answers by the names of calls, such as DescribeStacks: the answer, an error to throw, or a
 * function of the input that returns either.
 */
export type AwsAnswers = Record<string, unknown>;

export interface RecordedAws {
  // biome-ignore lint/suspicious/noExplicitAny: it stands for the client of any service
  send(command: any): Promise<any>;
  calls: AwsCall[];
}

/** A client of any AWS service that returns prepared answers, and records its calls. */
export function recordedAws(answers: AwsAnswers): RecordedAws {
  const calls: AwsCall[] = [];
  return {
    calls,
    async send(command: { constructor: { name: string }; input: unknown }) {
      const name = command.constructor.name.replace(/Command$/, '');
      calls.push([name, command.input]);
      if (!(name in answers)) throw new Error(`The test has no answer to ${name}.`);
      const given = answers[name];
      const answer = typeof given === 'function' ? given(command.input) : given;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

/** An error as the SDK throws it. */
export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name, $metadata: {} });
}

/** Answers DescribeStacks for stacks with these outputs; others don't exist. */
export function deployedStacks(
  stacks: Record<string, Record<string, string>>,
): (input: { StackName: string }) => unknown {
  return ({ StackName }) => {
    const outputs = stacks[StackName];
    if (!outputs) return awsError('ValidationError', `Stack with id ${StackName} does not exist`);
    const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
    const StackId = `arn:aws:cloudformation:eu-central-1:111122223333:stack/${StackName}/1`;
    return { Stacks: [{ StackName, StackId, StackStatus: 'CREATE_COMPLETE', Outputs }] };
  };
}

/** The stacks of stage `prod` with the outputs that programs read. */
export const PROD_STACKS = {
  'Patronus-prod-Data': { AlarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:alarms' },
  'Patronus-prod-Ingest': {
    StreamName: 'reports',
    EdgePolicyArn: 'arn:aws:iam::111122223333:policy/EdgeReports',
  },
  'Patronus-prod-Api': {
    Region: 'eu-central-1',
    GraphqlUrl: 'https://api.appsync-api.eu-central-1.amazonaws.com/graphql',
    UserPoolId: 'eu-central-1_pool',
    UserPoolClientId: 'client',
    EdgeCommandsPolicyArn: 'arn:aws:iam::111122223333:policy/EdgeCommands',
    MachinePolicyArn: 'arn:aws:iam::111122223333:policy/MachineReads',
  },
};

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { firstLine, type Person, personAtTerminal } from './ask-person.ts';
import { type AwsOptions, clientConfig } from './aws-options.ts';
import { findStage } from './find-stage.ts';
import { signInPerson } from './sign-in-person.ts';

export interface SignInOptions extends AwsOptions {
  /** A file whose first line is the password; left out: the person is asked. */
  passwordFile?: string;
}

/** Its dependencies; tests replace them. */
export interface SignInParts {
  cloudformation: Pick<CloudFormationClient, 'send'>;
  person: Person;
  signInPerson: typeof signInPerson;
}

/**
 * Signs a person in at a stage and prints an access token that is valid for an hour.
 * @throws EdgeError when it is refused
 */
export async function signInAtStage(
  options: SignInOptions,
  email: string,
  write: (text: string) => void,
  parts: SignInParts = {
    cloudformation: new CloudFormationClient(clientConfig(options)),
    person: personAtTerminal(),
    signInPerson,
  },
): Promise<number> {
  const { person } = parts;
  const stage = await findStage(parts.cloudformation, options);
  const pool = {
    user_pool_id: stage.output('Api', 'UserPoolId'),
    user_pool_client_id: stage.output('Api', 'UserPoolClientId'),
    endpoint: options.endpoint,
  };
  const password = options.passwordFile
    ? await firstLine(options.passwordFile)
    : await person.askSecret(`Password of ${email}`);
  const token = await parts.signInPerson(pool, {
    email,
    password,
    newPassword: () => person.askSecret('Replace the first password by a new one of at least 12 characters'),
    code: secret =>
      person.ask(
        secret === undefined
          ? 'Code from the authenticator app'
          : `A second factor is required. Enter the key ${secret} in an authenticator app, then type its code`,
      ),
  });
  write(`${token}\n`);
  return 0;
}

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { PatronusError } from '../../core/errors.ts';
import { emailInput } from '../../core/users/change-users.ts';
import { cognitoDirectory } from '../../core/users/cognito-directory.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { type AwsOptions, clientConfig, stageOption } from './aws-options.ts';
import { findStage } from './find-stage.ts';

/** The AWS clients that it uses. */
export interface AdminAws {
  cloudformation: Pick<CloudFormationClient, 'send'>;
  cognito: Pick<CognitoIdentityProviderClient, 'send'>;
}

const GROUP = 'admin';

/**
 * Makes a person an administrator of a stage with rights in its AWS account: the first
 * administrator, or a replacement for administrators who can no longer sign in. The audit log
 * doesn't have this change, because it bypasses the API; CloudTrail has it.
 *
 * @throws EdgeError for an invalid e-mail address, and if the stage isn't deployed
 */
export async function makeAdmin(
  options: AwsOptions,
  given: string,
  write: (text: string) => void,
  aws?: AdminAws,
): Promise<number> {
  const email = emailOf(given);
  const config = clientConfig(options);
  const { cloudformation, cognito } = aws ?? {
    cloudformation: new CloudFormationClient(config),
    cognito: new CognitoIdentityProviderClient(config),
  };
  const stage = await findStage(cloudformation, options);
  const directory = cognitoDirectory(cognito, stage.output('Api', 'UserPoolId'));
  try {
    const known = await directory.read(email);
    const invited = known === undefined || known.status === 'INVITED';
    if (known?.enabled === false) await directory.enable(known.id);
    const user = invited ? await directory.invite(email) : known;
    const added = !user.groups.includes(GROUP);
    if (added) await directory.addToGroup(user.id, GROUP);
    const steps = [
      invited && `${email} receives a mail with a password that is valid for three days.`,
      !invited && `${email} has an account already: its password is not changed.`,
      known?.enabled === false && 'The account was disabled and is enabled again.',
      added ? `Added to the group ${GROUP}.` : `Already in the group ${GROUP}.`,
      invited && `For a new password repeat npm run aws -- admin ${email}${stageOption(options)}.`,
    ];
    write(`${steps.filter(Boolean).join('\n')}\n`);
    return 0;
  } catch (cause) {
    if (cause instanceof PatronusError) throw new EdgeError(cause.message, { cause });
    throw cause;
  }
}

function emailOf(given: string): string {
  const read = emailInput.safeParse(given);
  if (read.success) return read.data;
  throw new EdgeError(`${JSON.stringify(given)} is not an e-mail address: ${read.error.issues[0]!.message}`);
}

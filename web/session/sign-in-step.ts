import {
  confirmResetPassword,
  confirmSignIn,
  resetPassword,
  type SignInOutput,
  signIn,
  signOut,
} from 'aws-amplify/auth';
import { authFlow } from '../amplify-loopback.ts';
import { sessionOutputs } from './session.ts';

/** The next step of a sign-in. */
export type SignInStep =
  | { is: 'CREDENTIALS' }
  /** The person must replace the password of the invitation. */
  | { is: 'NEW_PASSWORD' }
  /**
   * The person must set up a second factor: they type `secret` into an authenticator app, or `uri`
   * opens the app.
   */
  | { is: 'TOTP_SETUP'; secret: string; uri: string }
  | { is: 'TOTP_CODE' }
  | { is: 'FORGOTTEN' }
  /** A code was mailed that lets the person choose a new password. */
  | { is: 'RESET_CODE'; email: string }
  | { is: 'DONE' };

/** The values that the person typed, by field name. */
export type Typed = Partial<Record<'email' | 'password' | 'new_password' | 'code', string>>;

/** The name of the account in authenticator apps. */
export const ISSUER = 'Patronus';

/**
 * Performs one step of a sign-in.
 *
 * @returns the step that follows
 * @throws Error with Cognito's name, such as NotAuthorizedException; `signInProblem` turns it into
 * a message
 */
export async function takeStep(step: SignInStep, typed: Typed): Promise<SignInStep> {
  const { email = '', password = '', new_password = '', code = '' } = typed;
  switch (step.is) {
    case 'CREDENTIALS':
      return begin(email, password);
    case 'NEW_PASSWORD':
      return next(await confirmSignIn({ challengeResponse: new_password }));
    case 'TOTP_SETUP':
    case 'TOTP_CODE':
      return next(await confirmSignIn({ challengeResponse: digitsOf(code) }));
    case 'FORGOTTEN':
      return mailCode(email);
    case 'RESET_CODE':
      await confirmResetPassword({
        username: step.email,
        confirmationCode: digitsOf(code),
        newPassword: new_password,
      });
      return begin(step.email, new_password);
    case 'DONE':
      return step;
  }
}

async function begin(email: string, password: string): Promise<SignInStep> {
  // Amplify refuses a second sign-in while it has tokens, even of a session that has ended.
  await signOut();
  const output = await signIn({
    username: email,
    password,
    options: { authFlowType: authFlow(sessionOutputs()) },
  });
  return output.nextStep.signInStep === 'RESET_PASSWORD' ? mailCode(email) : next(output);
}

async function mailCode(email: string): Promise<SignInStep> {
  await resetPassword({ username: email });
  return { is: 'RESET_CODE', email };
}

function next({ nextStep }: Pick<SignInOutput, 'nextStep'>): SignInStep {
  switch (nextStep.signInStep) {
    case 'DONE':
      return { is: 'DONE' };
    case 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED':
      return { is: 'NEW_PASSWORD' };
    case 'CONFIRM_SIGN_IN_WITH_TOTP_CODE':
      return { is: 'TOTP_CODE' };
    case 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP': {
      const { sharedSecret, getSetupUri } = nextStep.totpSetupDetails;
      return { is: 'TOTP_SETUP', secret: sharedSecret, uri: getSetupUri(ISSUER).href };
    }
    default:
      throw new Error(
        `This account requires a step that the console doesn't support (${nextStep.signInStep}).`,
      );
  }
}

/** A code without spaces: apps show it in groups, and people type it that way. */
export function digitsOf(code: string): string {
  return code.replaceAll(/\s/g, '');
}

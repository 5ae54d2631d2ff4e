import { confirmSignIn, signIn, signOut } from 'aws-amplify/auth';
import { authFlow } from '../amplify-loopback.ts';
import { sessionOutputs } from './session.ts';

/** How far a sign-in came: all the way, or to the first password that has to be replaced. */
export type SignInStep = 'DONE' | 'NEW_PASSWORD';

export interface Credentials {
  email: string;
  password: string;
}

/** @throws Error as Cognito names it, such as NotAuthorizedException; `signInProblem` says it to a person */
export async function beginSession({ email, password }: Credentials): Promise<SignInStep> {
  // Amplify refuses a second sign-in while it has tokens, also of a session that is over.
  await signOut();
  const { nextStep } = await signIn({
    username: email,
    password,
    options: { authFlowType: authFlow(sessionOutputs()) },
  });
  if (nextStep.signInStep === 'DONE') return 'DONE';
  if (nextStep.signInStep === 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED') return 'NEW_PASSWORD';
  throw new Error(`This account asks for a step that the console doesn't know (${nextStep.signInStep}).`);
}

export async function replacePassword(password: string): Promise<void> {
  await confirmSignIn({ challengeResponse: password });
}

/** The local sign-in calls a wrong password invalid. */
const WRONG_CREDENTIALS = new Set([
  'NotAuthorizedException',
  'UserNotFoundException',
  'InvalidPasswordException',
]);

/** What went wrong with a sign-in, in a sentence that says what to do. */
export function signInProblem(cause: unknown, step: SignInStep): string {
  const { name, message } = cause as Error;
  if (step === 'NEW_PASSWORD' && name === 'InvalidPasswordException')
    return `${message} Choose another password.`;
  if (name === 'NotAuthorizedException' && message === 'User is disabled.') {
    return 'Your account is disabled: ask an administrator to enable it.';
  }
  if (WRONG_CREDENTIALS.has(name)) {
    return 'E-mail address and password don’t belong together. Check both, then try again.';
  }
  if (name === 'LimitExceededException' || name === 'TooManyRequestsException') {
    return 'Too many attempts. Wait a few minutes, then try again.';
  }
  if (name === 'NetworkError') return 'The sign-in can’t be reached. Check the connection, then try again.';
  return message;
}

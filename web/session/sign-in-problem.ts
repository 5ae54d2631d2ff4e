import type { SignInStep } from './sign-in-step.ts';

/** The local sign-in calls a wrong password invalid. */
const WRONG_CREDENTIALS = new Set([
  'NotAuthorizedException',
  'UserNotFoundException',
  'InvalidPasswordException',
]);

/** A wrong code at the set-up of a factor has a name of its own. */
const WRONG_CODE = new Set(['CodeMismatchException', 'EnableSoftwareTokenMFAException']);

const TOO_MANY = new Set([
  'LimitExceededException',
  'TooManyRequestsException',
  'TooManyFailedAttemptsException',
]);

/** Names that Cognito gives a sign-in that was begun too long ago, between its steps. */
const TOO_LATE = new Set(['NotAuthorizedException', 'SignInException']);

/** What Cognito says under the name of a wrong password, by how it begins. */
const REFUSALS = [
  ['User is disabled', 'Your account is disabled: ask an administrator to enable it.'],
  ['Temporary password has expired', 'Your invitation has expired: ask an administrator for another one.'],
  ['Password attempts exceeded', 'Too many attempts. Wait a few minutes, then try again.'],
] as const;

/** Whether a sign-in can't go on from a step and has to begin again. */
export function isOver(cause: unknown, { is }: SignInStep): boolean {
  const isMidway = is === 'NEW_PASSWORD' || is === 'TOTP_SETUP' || is === 'TOTP_CODE';
  return isMidway && TOO_LATE.has((cause as Error).name);
}

/** What went wrong with a sign-in, in a sentence that says what to do. */
export function signInProblem(cause: unknown, step: SignInStep): string {
  const { name, message } = cause as Error;
  if (TOO_MANY.has(name)) return 'Too many attempts. Wait a few minutes, then try again.';
  if (name === 'NetworkError') return 'The sign-in can’t be reached. Check the connection, then try again.';
  const said = name === 'NotAuthorizedException' && REFUSALS.find(([begin]) => message.startsWith(begin));
  if (said) return said[1];
  if (isOver(cause, step)) return 'That took too long. Sign in again.';
  if (name === 'ExpiredCodeException') return 'This code has expired. Have another one sent.';
  if (WRONG_CODE.has(name)) return wrongCode(step);
  if (step.is === 'FORGOTTEN' && WRONG_CREDENTIALS.has(name)) {
    return 'This password can’t be reset. If you never signed in, ask an administrator for another invitation.';
  }
  if ((step.is === 'NEW_PASSWORD' || step.is === 'RESET_CODE') && name === 'InvalidPasswordException') {
    return `${message} Choose another password.`;
  }
  if (WRONG_CREDENTIALS.has(name)) {
    return 'E-mail address and password don’t belong together. Check both, then try again.';
  }
  return message;
}

function wrongCode({ is }: SignInStep): string {
  return is === 'RESET_CODE'
    ? 'This isn’t the code of the mail. Check it, then try again.'
    : 'This code isn’t right. Type the one that the app shows now; the clock of its device must be right.';
}

import type { SignInStep } from './sign-in-step.ts';

/** The local sign-in calls a wrong password invalid. */
const WRONG_CREDENTIALS = new Set([
  'NotAuthorizedException',
  'UserNotFoundException',
  'InvalidPasswordException',
]);

/** A wrong code during the set-up of a factor has its own name. */
const WRONG_CODE = new Set(['CodeMismatchException', 'EnableSoftwareTokenMFAException']);

const TOO_MANY = new Set([
  'LimitExceededException',
  'TooManyRequestsException',
  'TooManyFailedAttemptsException',
]);

/** Cognito's errors for a sign-in that expired between its steps. */
const TOO_LATE = new Set(['NotAuthorizedException', 'SignInException']);

/**
 * Cognito's other messages under the name of the error for a wrong password, by their beginnings.
 */
const REFUSALS = [
  ['User is disabled', 'Your account is disabled: ask an administrator to enable it.'],
  ['Temporary password has expired', 'Your invitation has expired: ask an administrator for a new one.'],
  ['Password attempts exceeded', 'Too many attempts. Wait a few minutes, then try again.'],
] as const;

/** Whether a sign-in cannot continue from a step and must start again. */
export function isOver(cause: unknown, { is }: SignInStep): boolean {
  const isMidway = is === 'NEW_PASSWORD' || is === 'TOTP_SETUP' || is === 'TOTP_CODE';
  return isMidway && TOO_LATE.has((cause as Error).name);
}

/** The message for a failed sign-in, which says what to do. */
export function signInProblem(cause: unknown, step: SignInStep): string {
  const { name, message } = cause as Error;
  if (TOO_MANY.has(name)) return 'Too many attempts. Wait a few minutes, then try again.';
  if (name === 'NetworkError') return 'The sign-in cannot be reached. Check the connection, then try again.';
  const said = name === 'NotAuthorizedException' && REFUSALS.find(([begin]) => message.startsWith(begin));
  if (said) return said[1];
  if (isOver(cause, step)) return 'That took too long. Sign in again.';
  if (name === 'ExpiredCodeException') return 'This code has expired. Request a new one.';
  if (WRONG_CODE.has(name)) return wrongCode(step);
  if (step.is === 'FORGOTTEN' && WRONG_CREDENTIALS.has(name)) {
    return 'This password cannot be reset. If you have never signed in, ask an administrator for a new invitation.';
  }
  if ((step.is === 'NEW_PASSWORD' || step.is === 'RESET_CODE') && name === 'InvalidPasswordException') {
    return `${message} Choose another password.`;
  }
  if (WRONG_CREDENTIALS.has(name)) {
    return 'The e-mail address or the password is wrong. Check both, then try again.';
  }
  return message;
}

function wrongCode({ is }: SignInStep): string {
  return is === 'RESET_CODE'
    ? 'This is not the code from the mail. Check it, then try again.'
    : 'The code is wrong. Type the code that the app shows now. The clock of its device must be correct.';
}

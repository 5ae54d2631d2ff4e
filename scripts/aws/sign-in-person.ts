import { Amplify } from 'aws-amplify';
import { confirmSignIn, fetchAuthSession, signIn } from 'aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito';
import { EdgeError } from '../../edge/edge-error.ts';

/** The user pool to sign in at. */
export interface UserPool {
  user_pool_id: string;
  user_pool_client_id: string;
  /** Cognito's address, if it isn't AWS. */
  endpoint?: string | undefined;
}

/** Answers of a person to the questions of the sign-in. */
export interface SignInAnswers {
  email: string;
  password: string;
  /** A new password to replace the first one. */
  newPassword(): Promise<string>;
  /**
   * A code from the authenticator app; if `secret` is given, the person must set up the app with it
   * first.
   */
  code(secret?: string): Promise<string>;
}

/** The functions of Amplify that it calls. */
export interface SignInCalls {
  signIn: typeof signIn;
  confirmSignIn: typeof confirmSignIn;
  /** The access token of the person who has signed in. */
  accessToken(): Promise<string | undefined>;
}

/** The largest number of steps of a sign-in; more would be a loop. */
const MAX_STEPS = 5;

/**
 * Signs a person in with SRP, which does not send the password, and returns an access token that is
 * valid for an hour.
 *
 * @throws EdgeError when it is refused, or requires a step that this program doesn't support
 */
export async function signInPerson(
  pool: UserPool,
  answers: SignInAnswers,
  calls: SignInCalls = amplifyCalls(pool),
): Promise<string> {
  const { email, password } = answers;
  try {
    let { nextStep } = await calls.signIn({
      username: email,
      password,
      options: { authFlowType: 'USER_SRP_AUTH' },
    });
    for (let steps = 0; nextStep.signInStep !== 'DONE' && steps < MAX_STEPS; steps++) {
      const challengeResponse = await answerTo(nextStep, answers);
      ({ nextStep } = await calls.confirmSignIn({ challengeResponse }));
    }
    const token = await calls.accessToken();
    if (token !== undefined) return token;
    throw new EdgeError(
      `The sign-in of ${email} gave no token: sign in at the console once, then try again.`,
    );
  } catch (cause) {
    throw signInError(cause, email);
  }
}

type NextStep = Awaited<ReturnType<typeof signIn>>['nextStep'];

async function answerTo(nextStep: NextStep, { email, newPassword, code }: SignInAnswers): Promise<string> {
  switch (nextStep.signInStep) {
    case 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED':
      return newPassword();
    case 'CONFIRM_SIGN_IN_WITH_TOTP_CODE':
      return code();
    case 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP':
      return code(nextStep.totpSetupDetails.sharedSecret);
    default:
      throw new EdgeError(
        `The sign-in of ${email} requires ${nextStep.signInStep}, which this program doesn't support: sign in at the console, and give a token with --token.`,
      );
  }
}

/** Turns an error of Amplify into a sentence for the terminal. Returns unknown errors unchanged. */
function signInError(cause: unknown, email: string): unknown {
  if (cause instanceof EdgeError) return cause;
  const { name, message } = cause as Error;
  if (['NotAuthorizedException', 'UserNotFoundException'].includes(name)) {
    return new EdgeError(`Signing in as ${email} was refused: ${message}`, { cause });
  }
  if (/^(CodeMismatch|EnableSoftwareTokenMFA|InvalidPassword|LimitExceeded|TooManyRequests)\w*$/.test(name)) {
    return new EdgeError(`Signing in as ${email} was refused: ${message} Try again.`, { cause });
  }
  if (name === 'NetworkError') {
    return new EdgeError("The sign-in of AWS can't be reached: check the network of this machine.", {
      cause,
    });
  }
  return cause;
}

function amplifyCalls({
  user_pool_id: userPoolId,
  user_pool_client_id: userPoolClientId,
  endpoint: userPoolEndpoint,
}: UserPool): SignInCalls {
  const pool = { userPoolId, userPoolClientId, ...(userPoolEndpoint && { userPoolEndpoint }) };
  Amplify.configure({ Auth: { Cognito: pool } });
  // Tokens stay in the memory of this process.
  const kept = new Map<string, string>();
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void kept.set(key, value),
    getItem: async key => kept.get(key) ?? null,
    removeItem: async key => void kept.delete(key),
    clear: async () => kept.clear(),
  });
  return {
    signIn,
    confirmSignIn,
    accessToken: async () => (await fetchAuthSession()).tokens?.accessToken.toString(),
  };
}

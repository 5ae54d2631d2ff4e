import { Amplify } from 'aws-amplify';
import { confirmSignIn, fetchAuthSession, signIn } from 'aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito';
import { EdgeError } from '../../edge/edge-error.ts';

/** Which sign-in is meant. */
export interface UserPool {
  user_pool_id: string;
  user_pool_client_id: string;
  /** Where Cognito answers, if that isn't AWS. */
  endpoint?: string | undefined;
}

/** What a person says when the sign-in asks. */
export interface SignInAnswers {
  email: string;
  password: string;
  /** The first password has to be replaced. */
  newPassword(): Promise<string>;
  /** A code of the authenticator app; with `secret` the app is to be set up by it first. */
  code(secret?: string): Promise<string>;
}

/** The parts of Amplify that it calls. */
export interface SignInCalls {
  signIn: typeof signIn;
  confirmSignIn: typeof confirmSignIn;
  /** The access token of who has signed in. */
  accessToken(): Promise<string | undefined>;
}

/** Steps that a sign-in may ask for before it is done; more is a circle. */
const MAX_STEPS = 5;

/**
 * Signs a person in with SRP, which never sends the password, and gives an access token, good for
 * an hour.
 *
 * @throws EdgeError when it is refused, or asks for what this program doesn't know
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
        `The sign-in of ${email} asks for ${nextStep.signInStep}, which this program doesn't know: sign in at the console, and give a token with --token.`,
      );
  }
}

/** What Amplify says, as a sentence for the terminal. Unknown errors stay as they are. */
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
    return new EdgeError('The sign-in of AWS can’t be reached: look at the network of this machine.', {
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

// Loaded with --import into cognito-local: features of Cognito that cognito-local lacks. These are
// pages of ListUsers, repeated invitations, global sign-out, the refusal of disabled users,
// renewable sessions after a challenge, and answers that don't reveal whether an account exists.
// Mails go to the parent process, which shows them.
import { createRequire } from 'node:module';

const ofCognito = createRequire(createRequire(import.meta.url).resolve('cognito-local/lib/bin/start.js'));

/** A mail that Cognito would have sent. */
export interface MailMessage {
  /**
   * `code` is the first password in an invitation, otherwise the code for choosing a new password.
   */
  mail: { to: string; about: 'INVITATION' | 'NEW_PASSWORD'; code: string };
}

interface StoredUser {
  Username: string;
  Password: string;
  Enabled: boolean;
  UserStatus: string;
  RefreshTokens: string[];
}

interface Pool {
  options: { Id: string };
  getUserByUsername(context: unknown, name: string): Promise<StoredUser | null>;
  getUserByRefreshToken(context: unknown, token: string): Promise<StoredUser | null>;
  saveUser(context: unknown, user: StoredUser): Promise<void>;
  storeRefreshToken(context: unknown, token: string, user: StoredUser): Promise<void>;
}

interface Services {
  cognito: {
    getUserPool(context: unknown, id: string): Promise<Pool>;
    getUserPoolForClientId(context: unknown, id: string): Promise<Pool>;
  };
  messages: { deliver(...given: unknown[]): Promise<void> };
}

interface Given {
  UserPoolId: string;
  ClientId: string;
  Username: string;
  MessageAction?: string;
  Limit?: number;
  PaginationToken?: string;
  ChallengeResponses?: { USERNAME?: string };
  AuthParameters?: { USERNAME?: string; PASSWORD?: string; REFRESH_TOKEN?: string };
}

// biome-ignore lint/suspicious/noExplicitAny: the answers of cognito-local are passed on
type Target = (services: Services) => (context: unknown, given: Given) => Promise<any>;

const { Targets } = ofCognito('../targets/targets.js') as { Targets: Record<string, Target> };
const errors = ofCognito('../errors.js') as Record<string, new (message?: string) => Error>;
const { ConsoleMessageSender } = ofCognito('../services/messageDelivery/consoleMessageSender.js') as {
  ConsoleMessageSender: { prototype: { sendToConsole: unknown } };
};

ConsoleMessageSender.prototype.sendToConsole = async (
  _context: unknown,
  { UserStatus }: StoredUser,
  to: string,
  { __code: code }: { __code: string },
) => {
  const about = UserStatus === 'FORCE_CHANGE_PASSWORD' ? 'INVITATION' : 'NEW_PASSWORD';
  process.send?.({ mail: { to, about, code } } satisfies MailMessage);
};

replace('ListUsers', list => services => async (context, given) => {
  const { Users } = (await list(services)(context, given)) as { Users: StoredUser[] };
  const begin = Number(given.PaginationToken ?? 0);
  if (!Number.isInteger(begin)) throw new errors.InvalidParameterError!('Invalid pagination token given.');
  const end = begin + (given.Limit ?? 60);
  return {
    Users: Users.slice(begin, end),
    ...(end < Users.length && { PaginationToken: String(end) }),
  };
});

replace('AdminCreateUser', create => services => async (context, given) => {
  if (given.MessageAction !== 'RESEND') return create(services)(context, given);
  const { pool, user } = await personOf(services, context, given);
  if (user.UserStatus !== 'FORCE_CHANGE_PASSWORD')
    throw new errors.InvalidParameterError!('User is confirmed.');
  const { Username, Password } = user;
  const delivery = { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: given.Username };
  const to = [context, 'AdminCreateUser', null, pool.options.Id, user, Password, undefined, delivery];
  await services.messages.deliver(...to);
  return { User: await Targets.AdminGetUser!(services)(context, { ...given, Username }) };
});

Targets.AdminUserGlobalSignOut = services => async (context, given) => {
  const { pool, user } = await personOf(services, context, given);
  await pool.saveUser(context, { ...user, RefreshTokens: [] });
  return {};
};

replace('InitiateAuth', initiate => services => async (context, given) => {
  const pool = await services.cognito.getUserPoolForClientId(context, given.ClientId);
  const { USERNAME, PASSWORD, REFRESH_TOKEN } = given.AuthParameters ?? {};
  const user = USERNAME
    ? await pool.getUserByUsername(context, USERNAME)
    : REFRESH_TOKEN && (await pool.getUserByRefreshToken(context, REFRESH_TOKEN));
  if (user && !user.Enabled) throw new errors.NotAuthorizedError!('User is disabled.');
  // Without this check, anyone who knows the address of an invited person could sign in.
  const isFirst = USERNAME && user && user.UserStatus === 'FORCE_CHANGE_PASSWORD';
  if (isFirst && user.Password !== PASSWORD) {
    throw new errors.NotAuthorizedError!('Incorrect username or password.');
  }
  return initiate(services)(context, given);
});

replace('RespondToAuthChallenge', respond => services => async (context, given) => {
  const answer = await respond(services)(context, given);
  const token = answer.AuthenticationResult?.RefreshToken;
  if (token) {
    const pool = await services.cognito.getUserPoolForClientId(context, given.ClientId);
    const user = await pool.getUserByUsername(context, given.ChallengeResponses?.USERNAME ?? '');
    if (user) await pool.storeRefreshToken(context, token, user);
  }
  return answer;
});

replace('ForgotPassword', forgot => services => async (context, given) => {
  const pool = await services.cognito.getUserPoolForClientId(context, given.ClientId);
  const user = await pool.getUserByUsername(context, given.Username);
  const CodeDeliveryDetails = { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: 'm***@e***' };
  if (!user) return { CodeDeliveryDetails };
  if (user.UserStatus === 'FORCE_CHANGE_PASSWORD') {
    throw new errors.NotAuthorizedError!('User password cannot be reset in the current state.');
  }
  return forgot(services)(context, given);
});

function replace(name: string, by: (target: Target) => Target): void {
  Targets[name] = by(Targets[name]!);
}

async function personOf({ cognito }: Services, context: unknown, { UserPoolId, Username }: Given) {
  const pool = await cognito.getUserPool(context, UserPoolId);
  const user = await pool.getUserByUsername(context, Username);
  if (!user) throw new errors.UserNotFoundError!('User does not exist.');
  return { pool, user };
}

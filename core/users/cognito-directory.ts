import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUserGlobalSignOutCommand,
  type AttributeType,
  type CognitoIdentityProviderClient,
  ListUsersCommand,
  ListUsersInGroupCommand,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { Conflict, NotFound, quoted, Throttled, ValidationError } from '../errors.ts';
import { inOrder, type User, type UserStatus } from './user.ts';
import { USERS_PAGE_MAX, type UserDirectory } from './user-directory.ts';

/**
 * For how many users groups and factors are read concurrently: Cognito answers 120 such requests a
 * second to an account.
 */
const CONCURRENCY = 10;

/** The people of a Cognito user pool, who sign in with their e-mail addresses. */
export function cognitoDirectory(
  cognito: Pick<CognitoIdentityProviderClient, 'send'>,
  UserPoolId: string,
): UserDirectory {
  const person = (Username: string) => ({ UserPoolId, Username });

  return {
    async list({ limit, token }) {
      const { Users = [], PaginationToken } = await planned(
        cognito.send(
          new ListUsersCommand({ UserPoolId, Limit: limit, ...(token && { PaginationToken: token }) }),
        ),
      );
      return { users: await whole(Users), next_token: PaginationToken ?? null };
    },

    read,

    async *inGroup(GroupName) {
      let NextToken: string | undefined;
      do {
        const page = await planned(
          cognito.send(
            new ListUsersInGroupCommand({
              UserPoolId,
              GroupName,
              Limit: USERS_PAGE_MAX,
              ...(NextToken && { NextToken }),
            }),
          ),
        );
        yield* await whole(page.Users ?? []);
        NextToken = page.NextToken;
      } while (NextToken);
    },

    async invite(email) {
      const known = await read(email);
      const { User } = await planned(
        cognito.send(
          new AdminCreateUserCommand({
            ...person(email),
            DesiredDeliveryMediums: ['EMAIL'],
            ...(known
              ? { MessageAction: 'RESEND' }
              : {
                  UserAttributes: [
                    { Name: 'email', Value: email },
                    { Name: 'email_verified', Value: 'true' },
                  ],
                }),
          }),
        ),
      );
      return (await whole([User!]))[0]!;
    },

    async addToGroup(id, GroupName) {
      await planned(cognito.send(new AdminAddUserToGroupCommand({ ...person(id), GroupName })));
    },

    async removeFromGroup(id, GroupName) {
      await planned(cognito.send(new AdminRemoveUserFromGroupCommand({ ...person(id), GroupName })));
    },

    async enable(id) {
      await planned(cognito.send(new AdminEnableUserCommand(person(id))));
    },

    async disable(id) {
      await planned(cognito.send(new AdminDisableUserCommand(person(id))));
      await planned(cognito.send(new AdminUserGlobalSignOutCommand(person(id))));
    },
  };

  async function read(id_or_email: string): Promise<User | undefined> {
    try {
      const { UserAttributes, ...user } = await cognito.send(new AdminGetUserCommand(person(id_or_email)));
      return (await whole([{ ...user, Attributes: UserAttributes ?? [] }]))[0];
    } catch (cause) {
      if ((cause as Error).name === 'UserNotFoundException') return undefined;
      throw plannedError(cause);
    }
  }

  /** Adds groups and factors, which lists don't contain. */
  async function whole(users: readonly UserType[]): Promise<User[]> {
    const found: User[] = [];
    for (let begin = 0; begin < users.length; begin += CONCURRENCY) {
      found.push(...(await Promise.all(users.slice(begin, begin + CONCURRENCY).map(detailed))));
    }
    return found;
  }

  async function detailed(user: UserType): Promise<User> {
    const id = user.Username!;
    const [{ Groups = [] }, { UserMFASettingList = [] }] = await planned(
      Promise.all([
        cognito.send(new AdminListGroupsForUserCommand({ ...person(id), Limit: USERS_PAGE_MAX })),
        cognito.send(new AdminGetUserCommand(person(id))),
      ]),
    );
    return {
      id,
      email: attribute(user.Attributes, 'email'),
      groups: inOrder(Groups.map(({ GroupName = '' }) => GroupName)),
      status: STATUS[user.UserStatus ?? ''] ?? 'OTHER',
      enabled: user.Enabled === true,
      mfa: UserMFASettingList.length > 0,
      created_at: user.UserCreateDate!.toISOString(),
      updated_at: user.UserLastModifiedDate!.toISOString(),
    };
  }
}

const STATUS: Record<string, UserStatus> = { FORCE_CHANGE_PASSWORD: 'INVITED', CONFIRMED: 'ACTIVE' };

function attribute(attributes: readonly AttributeType[] | undefined, name: string): string | null {
  return attributes?.find(({ Name }) => Name === name)?.Value ?? null;
}

async function planned<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw plannedError(cause);
  }
}

const BUSY = ['TooManyRequestsException', 'LimitExceededException', 'TimeoutError'];

/** The error for a refusal by Cognito that a person can act on; other errors as they are. */
function plannedError(cause: unknown): unknown {
  const { name, message } = cause as Error;
  if (BUSY.includes(name)) {
    return new Throttled('The user pool is too busy to answer now. Try again in a minute.', { cause });
  }
  if (name === 'CodeDeliveryFailureException') {
    return new Conflict(
      'The invitation could not be mailed. Check that the user pool may send mail, then invite the person again.',
      { cause },
    );
  }
  if (name === 'UserNotFoundException') {
    return new NotFound('There is no such user (any more): the query users lists those that exist.', {
      cause,
    });
  }
  if (name === 'UnsupportedUserStateException' || name === 'UsernameExistsException') {
    return new Conflict('The account was changed in the user pool meanwhile. Look at it again.', { cause });
  }
  if (name === 'InvalidParameterException' && /token/i.test(message)) {
    return new ValidationError('next_token must be one that the query users has answered.', {
      arguments: ['next_token'],
      cause,
    });
  }
  if (name === 'InvalidParameterException') {
    return new ValidationError(`The user pool refuses this: ${quoted(message)}`, { cause });
  }
  return cause;
}

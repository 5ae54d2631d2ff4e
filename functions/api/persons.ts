import {
  AdminGetUserCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../../core/access/caller.ts';

export interface PersonsOptions {
  cognito: CognitoIdentityProviderClient;
  user_pool_id: string;
  /** Called when a person could not be looked up. */
  report(error: Error): void;
}

/** A person's data in the user pool. */
interface Person {
  email: string | null;
  enabled: boolean;
}

export interface Persons {
  /**
   * Fills in a person's e-mail address for the audit log, because access tokens don't contain it.
   * If it can't be found, the entry still has the person's `sub`.
   */
  identify(caller: Caller): Promise<Caller>;
  /** Whether an account was disabled after its token was issued; false if unknown. */
  isDisabled(caller: Caller): Promise<boolean>;
}

/** Looks people up in the user pool and caches them for a minute. */
export function makePersons(options: PersonsOptions): Persons {
  const known = new LRUCache<string, Person>({ max: 1000, ttl: 60_000 });

  async function find({ kind, username }: Caller): Promise<Person | undefined> {
    if (kind !== 'PERSON' || username === null) return undefined;
    const found = known.get(username) ?? (await lookUp(options, username));
    if (found) known.set(username, found, { noUpdateTTL: true });
    return found;
  }

  return {
    async identify(caller) {
      if (caller.email !== null) return caller;
      const found = await find(caller);
      return found ? { ...caller, email: found.email } : caller;
    },
    isDisabled: async caller => (await find(caller))?.enabled === false,
  };
}

async function lookUp(
  { cognito, user_pool_id, report }: PersonsOptions,
  username: string,
): Promise<Person | undefined> {
  try {
    const { UserAttributes = [], Enabled } = await cognito.send(
      new AdminGetUserCommand({ UserPoolId: user_pool_id, Username: username }),
    );
    return {
      email: UserAttributes.find(({ Name }) => Name === 'email')?.Value ?? null,
      enabled: Enabled !== false,
    };
  } catch (cause) {
    report(cause instanceof Error ? cause : new Error(String(cause)));
    return undefined;
  }
}

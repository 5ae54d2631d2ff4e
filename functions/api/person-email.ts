import {
  AdminGetUserCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../../core/access/caller.ts';

export interface PersonEmailOptions {
  cognito: CognitoIdentityProviderClient;
  user_pool_id: string;
  /** Called when an address could not be looked up. */
  report(error: Error): void;
}

/**
 * Fills in a person's e-mail address for the audit log: an access token, which is what clients
 * send, doesn't carry it. It is remembered for ten minutes; where it can't be found, the entry has
 * the person's `sub` all the same.
 */
export function makeIdentify(options: PersonEmailOptions): (caller: Caller) => Promise<Caller> {
  const known = new LRUCache<string, { email: string | null }>({ max: 1000, ttl: 600_000 });
  return async caller => {
    const { kind, email, username } = caller;
    if (kind !== 'PERSON' || email !== null || username === null) return caller;
    const found = known.get(username) ?? (await lookUp(options, username));
    if (!found) return caller;
    known.set(username, found);
    return { ...caller, email: found.email };
  };
}

async function lookUp(
  { cognito, user_pool_id, report }: PersonEmailOptions,
  username: string,
): Promise<{ email: string | null } | undefined> {
  try {
    const { UserAttributes = [] } = await cognito.send(
      new AdminGetUserCommand({ UserPoolId: user_pool_id, Username: username }),
    );
    return { email: UserAttributes.find(({ Name }) => Name === 'email')?.Value ?? null };
  } catch (cause) {
    report(cause instanceof Error ? cause : new Error(String(cause)));
    return undefined;
  }
}

import { z } from 'zod';

/** The groups of people, as tokens name them; each may do what those before it may. */
export const USER_GROUPS = ['viewer', 'operator', 'admin'] as const;
export type UserGroup = (typeof USER_GROUPS)[number];

/**
 * INVITED: has not signed in since the invitation, whose password is good for three days. ACTIVE:
 * has a password. OTHER: what only an administrator of the user pool makes, such as a password that
 * must be reset.
 */
export const USER_STATUS = ['INVITED', 'ACTIVE', 'OTHER'] as const;
export type UserStatus = (typeof USER_STATUS)[number];

/** A person who can sign in. Times are RFC 3339, UTC. */
export interface User {
  /** Lasting id, the `sub` of their tokens. */
  id: string;
  email: string | null;
  groups: UserGroup[];
  status: UserStatus;
  /** Whether they may sign in. */
  enabled: boolean;
  /** Whether they sign in with a second factor. */
  mfa: boolean;
  created_at: string;
  updated_at: string;
}

/** What a change of a person changes, as audit entries have it. */
export interface UserState {
  /** E-mail address: what entries show the person by. */
  name: string;
  groups: UserGroup[];
  enabled: boolean;
}

export const userStateSchema: z.ZodType<UserState> = z.object({
  name: z.string(),
  groups: z.array(z.enum(USER_GROUPS)),
  enabled: z.boolean(),
});

export function stateOf({ id, email, groups, enabled }: User): UserState {
  return { name: email ?? id, groups: inOrder(groups), enabled };
}

/** Each once, weakest first. */
export function inOrder(groups: readonly string[]): UserGroup[] {
  return USER_GROUPS.filter(group => groups.includes(group));
}

/** Whether a person can do what administrators may, now: invited ones may never come. */
export function isWorkingAdmin({ groups, enabled, status }: User): boolean {
  return enabled && status !== 'INVITED' && groups.includes('admin');
}

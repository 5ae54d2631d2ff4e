import { z } from 'zod';

/** The groups of people, as tokens name them; each has the rights of those before it. */
export const USER_GROUPS = ['viewer', 'operator', 'admin'] as const;
export type UserGroup = (typeof USER_GROUPS)[number];

/**
 * INVITED: has not signed in since the invitation, whose password is valid for three days. ACTIVE:
 * has a password. OTHER: a status set in the user pool itself, such as a password that must be
 * reset.
 */
export const USER_STATUS = ['INVITED', 'ACTIVE', 'OTHER'] as const;
export type UserStatus = (typeof USER_STATUS)[number];

/** A person who can sign in. Times are RFC 3339, UTC. */
export interface User {
  /** Permanent id, the `sub` of their tokens. */
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

/** The state of a user in audit entries. */
export interface UserState {
  /** The e-mail address, by which entries name the user. */
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

/** Each group once, in ascending order of rights. */
export function inOrder(groups: readonly string[]): UserGroup[] {
  return USER_GROUPS.filter(group => groups.includes(group));
}

/** Whether a user is an administrator who can sign in; an invited one may never do so. */
export function isWorkingAdmin({ groups, enabled, status }: User): boolean {
  return enabled && status !== 'INVITED' && groups.includes('admin');
}

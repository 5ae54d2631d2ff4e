import type { User, UserGroup } from './user.ts';

/**
 * The directory of users and their groups. Its calls are idempotent, and throw planned errors when
 * the directory refuses their input.
 */
export interface UserDirectory {
  list(page: { limit: number; token: string | null }): Promise<{ users: User[]; next_token: string | null }>;
  /** Reads by id or e-mail address; undefined when there is none. */
  read(id_or_email: string): Promise<User | undefined>;
  /** Everyone in a group, page by page. */
  inGroup(group: UserGroup): AsyncIterable<User>;
  /**
   * Creates a user and mails a password that is valid for three days. A user who has not signed in
   * yet gets another one.
   *
   * @throws ValidationError for an address that can't get mail
   */
  invite(email: string): Promise<User>;
  addToGroup(id: string, group: UserGroup): Promise<void>;
  removeFromGroup(id: string, group: UserGroup): Promise<void>;
  enable(id: string): Promise<void>;
  /** Disables a user and ends their sessions; access tokens expire within an hour. */
  disable(id: string): Promise<void>;
}

/** Maximum of users a page: Cognito's limit. */
export const USERS_PAGE_MAX = 60;

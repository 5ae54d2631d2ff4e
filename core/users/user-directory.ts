import type { User, UserGroup } from './user.ts';

/**
 * Where people and their groups are kept. Each call may be repeated: what is so already stays so.
 * Calls throw planned errors where the directory refuses what it was given.
 */
export interface UserDirectory {
  list(page: { limit: number; token: string | null }): Promise<{ users: User[]; next_token: string | null }>;
  /** By id or e-mail address; undefined: there is none. */
  read(id_or_email: string): Promise<User | undefined>;
  /** Everyone in a group, page by page. */
  inGroup(group: UserGroup): AsyncIterable<User>;
  /**
   * Enters a person and mails them a password that is good for three days. One who was entered and
   * has not signed in gets another.
   *
   * @throws ValidationError for an address that no mail can go to
   */
  invite(email: string): Promise<User>;
  addToGroup(id: string, group: UserGroup): Promise<void>;
  removeFromGroup(id: string, group: UserGroup): Promise<void>;
  enable(id: string): Promise<void>;
  /**
   * Ends what they have signed in to as well: tokens that were given are good for at most their
   * hour.
   */
  disable(id: string): Promise<void>;
}

/** Users a page of a directory, at most: Cognito's own bound. */
export const USERS_PAGE_MAX = 60;

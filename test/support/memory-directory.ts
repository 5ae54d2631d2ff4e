import type { User } from '../../core/users/user.ts';
import type { UserDirectory } from '../../core/users/user-directory.ts';

const AT = '2026-03-15T12:00:00.000Z';

/** People in memory, for tests of code that uses a directory's answers. */
export interface MemoryDirectory extends UserDirectory {
  users: User[];
  /** Every requested change, such as `addToGroup u-1 admin`. */
  calls: string[];
}

/** A person with an id and an address of the same name, active and in the groups given. */
export function userNamed(name: string, changes: Partial<User> = {}): User {
  return {
    ...{ id: name, email: `${name}@example.com`, groups: [], status: 'ACTIVE', enabled: true, mfa: false },
    ...{ created_at: AT, updated_at: AT },
    ...changes,
  };
}

export function memoryDirectory(given: readonly User[] = []): MemoryDirectory {
  const users = given.map(user => ({ ...user }));
  const calls: string[] = [];
  const find = (name: string) => users.find(({ id, email }) => id === name || email === name);
  const change = (call: string, name: string, to: (user: User) => Partial<User>): void => {
    calls.push(call);
    const user = find(name)!;
    Object.assign(user, to(user));
  };
  return {
    users,
    calls,
    async list({ limit, token }) {
      const begin = Number(token ?? 0);
      const end = begin + limit;
      return { users: users.slice(begin, end), next_token: end < users.length ? String(end) : null };
    },
    read: async name => structuredClone(find(name)),
    async *inGroup(group) {
      yield* users.filter(({ groups }) => groups.includes(group));
    },
    async invite(email) {
      if (!find(email)) users.push(userNamed(email.replace(/@.*/, ''), { email, status: 'INVITED' }));
      calls.push(`invite ${email}`);
      return structuredClone(find(email)!);
    },
    async addToGroup(id, group) {
      change(`addToGroup ${id} ${group}`, id, ({ groups }) => ({ groups: [...groups, group] }));
    },
    async removeFromGroup(id, group) {
      const without = ({ groups }: User) => ({ groups: groups.filter(each => each !== group) });
      change(`removeFromGroup ${id} ${group}`, id, without);
    },
    async enable(id) {
      change(`enable ${id}`, id, () => ({ enabled: true }));
    },
    async disable(id) {
      change(`disable ${id}`, id, () => ({ enabled: false }));
    },
  };
}

import { SIGN_INS, type SignIn } from '../../local/provision/sign-ins.ts';
import type { Endpoints } from '../../local/system/outputs.ts';

/** A person whom an administrator has invited and not yet added to a group. */
export const IN_NO_GROUP: SignIn = { ...SIGN_INS[0]!, email: 'newcomer@example.com', groups: [] };

/** The person to sign in as: one of a group, or of none. */
export function userOf({ users }: Pick<Endpoints, 'users'>, group: string): SignIn {
  const user = group === 'none' ? IN_NO_GROUP : users.find(({ groups }) => groups.includes(group));
  if (!user) throw new Error(`No demo user is in group ${group}.`);
  return user;
}

import { EdgeError } from '../../edge/edge-error.ts';
import { findLocalSystem, type LocalSystem } from '../../edge/system/local-system.ts';
import { signIn } from '../../edge/system/sign-in.ts';

/**
 * The running local system of a folder, and an access token of one of its users, valid for an hour.
 */
export interface LocalUser {
  local: LocalSystem;
  token: string;
}

/**
 * Signs in as the user of a group.
 * @throws EdgeError when no system is running there, or none of its users is in that group
 */
export async function localUser(group: string, folder: string): Promise<LocalUser> {
  const local = await findLocalSystem(folder);
  if (!local) throw new EdgeError('No local system is running: start one with npm start.');
  const user = local.users.find(({ groups }) => groups.includes(group));
  if (!user) {
    const groups = [...new Set(local.users.flatMap(each => each.groups))].join(', ');
    throw new EdgeError(`No user of the local system is in the group ${group}. Its groups are ${groups}.`);
  }
  const { email, password } = user;
  const token = await signIn({ endpoint: local.cognito, client_id: local.client_id, email, password });
  return { local, token };
}

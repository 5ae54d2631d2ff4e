import { isDeepStrictEqual } from 'node:util';
import { refuseUndone } from '../audit/undone-chain.ts';
import { Conflict } from '../errors.ts';
import { changeKnownUser } from '../users/change-users.ts';
import { userStateSchema } from '../users/user.ts';
import type { UserOperation } from '../users/user-claim.ts';
import type { Undoer } from './undoer.ts';

/** setUserGroups, setUserEnabled: restores a user's groups, or whether they may sign in. */
export function undoUser(role: Undoer['role'], did: UserOperation): Undoer {
  return {
    role,
    async undo({ context, directory, actor, entry }) {
      const [before, after] = [userStateSchema.parse(entry.before), userStateSchema.parse(entry.after)];
      const { audit_id } = await changeKnownUser(
        { context, directory, actor },
        did,
        entry.target!.replace(/^user:/, ''),
        async current => {
          await refuseUndone(context, entry.id);
          if (isDeepStrictEqual(current, after)) return before;
          throw new Conflict(`${after.name} was changed again since: undo that first.`);
        },
        { audit_id: entry.id, by_undo: true },
      );
      return { audit_id, message: `${before.name} is as before the change.`, finished: true };
    },
  };
}

import { isDeepStrictEqual } from 'node:util';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { Conflict } from '../errors.ts';
import { planGroup } from '../named-groups/change-named-groups.ts';
import { type NamedGroup, namedGroupItem } from '../named-groups/named-group.ts';
import { commitUndo } from './commit-undo.ts';
import type { Undoer } from './undoer.ts';

const groupState = namedGroupItem.omit({ revision: true }).nullable();

/** saveNamedGroup, deleteNamedGroup: restores or deletes the group, unless it has changed since. */
export function undoNamedGroup(role: 'Mutation.saveNamedGroup' | 'Mutation.deleteNamedGroup'): Undoer {
  return {
    role,
    undo: request =>
      commitUndo(request, async () => {
        const { context, entry } = request;
        const { before, after, name } = statesOf(entry);
        const { before: current, put } = await planGroup(context, name);
        if (!isDeepStrictEqual(current ?? null, after)) {
          throw new Conflict(
            `Group ${name} was changed since. Undo the later change first, or set the group with saveNamedGroup.`,
          );
        }
        return {
          did: before ? 'saveNamedGroup' : 'deleteNamedGroup',
          actions: [put(before ?? undefined)],
          before: after,
          after: before,
          message: before
            ? `Group ${name} is as before the change.`
            : `Group ${name} is gone, as before the change.`,
        };
      }),
  };
}

function statesOf({ before, after }: AuditEntry): {
  before: NamedGroup | null;
  after: NamedGroup | null;
  name: string;
} {
  const states = { before: groupState.parse(before), after: groupState.parse(after) };
  return { ...states, name: (states.after ?? states.before)!.name };
}

import { z } from 'zod';
import { reverseSides } from '../routing/failover/reverse-sides.ts';
import { sidesSchema } from '../routing/failover/sides-in-words.ts';
import type { Undoer } from './undoer.ts';

const sides = z.object({ before: sidesSchema, after: sidesSchema });

/** failoverPath, restorePath: restores for which policies the path is in use. */
export function undoSides(role: Undoer['role']): Undoer {
  return {
    role,
    has: entry => sides.safeParse(entry).success,
    async undo({ context, caches, actor, entry }) {
      const path_id = entry.target!.slice('path:'.length);
      const { before: back, after: left } = sides.parse(entry);
      const reverses = { audit_id: entry.id, by_undo: true };
      const { audit_id } = await reverseSides(context, caches, { path_id, actor, reverses, left, back });
      const state = back.out.length === 0 ? 'in use' : 'out of use';
      return { audit_id, message: `Path ${path_id} is ${state} again.`, finished: true };
    },
  };
}

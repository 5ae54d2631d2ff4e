import { failOverPath, putPathBack } from '../routing/failover/fail-over-path.ts';
import type { Undoer, UndoRequest } from './undoer.ts';

/** failoverPath: the path is in use again. */
export const undoFailover: Undoer = {
  role: 'Mutation.failoverPath',
  async undo(request) {
    const { context, caches, actor } = request;
    const path_id = pathOf(request);
    const { audit_id } = await putPathBack(context, caches, { path_id, actor, reverses: reversal(request) });
    return { audit_id, message: `Path ${path_id} is in use again.`, finished: true };
  },
};

/** The undo of a failover: the path is out of use again. */
export const undoRestorePath: Undoer = {
  role: 'Mutation.failoverPath',
  async undo(request) {
    const { context, caches, actor } = request;
    const path_id = pathOf(request);
    const { audit_id } = await failOverPath(context, caches, { path_id, actor, reverses: reversal(request) });
    return { audit_id, message: `Path ${path_id} is out of use again.`, finished: true };
  },
};

const pathOf = ({ entry }: UndoRequest): string => entry.target!.slice('path:'.length);

const reversal = ({ entry }: UndoRequest) => ({ audit_id: entry.id, by_undo: true });

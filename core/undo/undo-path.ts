import { isDeepStrictEqual } from 'node:util';
import { Conflict } from '../errors.ts';
import { pathKey } from '../inventory/model/inventory-keys.ts';
import type { Path } from '../inventory/model/site.ts';
import { pathItemSchema, pathSchema, toPath } from '../inventory/model/site-items.ts';
import {
  addPath,
  pathEvent,
  readPathSites,
  removePath,
  requirePathEndpoints,
} from '../inventory/paths/path-actions.ts';
import { refuseSamePath } from '../inventory/paths/refuse-same-path.ts';
import { readItem } from '../storage/parse-item.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { commitUndo } from './commit-undo.ts';
import type { Undoer } from './undoer.ts';

/** deletePath: restores the path under its id, between the same endpoints. */
export const undoDeletePath: Undoer = {
  role: 'Mutation.deletePath',
  undo: request =>
    commitUndo(request, async () => {
      const { context, entry } = request;
      const path = pathSchema.parse(entry.before);
      const sites = await readPathSites(context, path);
      await requirePathEndpoints(context, path);
      if (await readCopy(context, path)) throw new Conflict(`Path ${path.id} is there again.`);
      await refuseSamePath(context, path);
      return {
        did: 'createPath',
        actions: addPath(context, path, sites),
        after: path,
        event: pathEvent('pathCreated', path, sites),
        message: `Path ${path.id} is back.`,
      };
    }),
};

/** createPath: deletes the path. */
export const undoCreatePath: Undoer = {
  role: 'Mutation.createPath',
  undo: request =>
    commitUndo(request, async () => {
      const { context, entry } = request;
      const path = pathSchema.parse(entry.after);
      const item = await readCopy(context, path);
      if (!item)
        throw new Conflict(`Path ${path.id} is gone already: it was deleted, or one of its ends was.`);
      if (!isDeepStrictEqual(toPath(item), path)) {
        throw new Conflict(
          `Path ${path.id} was changed since: remove it with deletePath if it isn't needed.`,
        );
      }
      const sites = await readPathSites(context, path);
      return {
        did: 'deletePath',
        actions: removePath(context, item, sites),
        before: path,
        event: pathEvent('pathDeleted', path, sites),
        message: `Path ${path.id} is gone again.`,
      };
    }),
};

function readCopy(context: StoreContext, { id, source_site_id }: Path) {
  return readItem(context, pathKey(source_site_id, id), pathItemSchema);
}

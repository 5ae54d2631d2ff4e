import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { noPath } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { pathKey } from '../model/inventory-keys.ts';
import { parseInput } from '../model/parse-input.ts';
import { sourceSiteOf } from '../model/path-id.ts';
import type { Path } from '../model/site.ts';
import { pathTarget } from '../model/site-events.ts';
import { pathIdInput } from '../model/site-input.ts';
import { pathItemSchema, toPath } from '../model/site-items.ts';
import { pathEvent, readPathSites, removePath } from './path-actions.ts';

export interface DeletedPath {
  path: Path;
  audit_id: string;
}

/**
 * Removes a path; `undo` can bring it back.
 *
 * @throws ValidationError · NotFound · Conflict while one of its sites is deleted or restored
 */
export async function deletePath(context: StoreContext, actor: Caller, input: unknown): Promise<DeletedPath> {
  const { path_id } = parseInput(pathIdInput, input);
  const { tables } = context;
  return commitChange(context, async begun => {
    const item = await readItem(context, pathKey(sourceSiteOf(path_id), path_id), pathItemSchema);
    if (item === undefined) throw noPath(path_id);
    const path = toPath(item);
    const sites = await readPathSites(context, path);
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'deletePath',
      target: pathTarget(path_id),
      before: path,
      event: pathEvent('pathDeleted', path, sites),
    });
    return {
      actions: [...removePath(context, item, sites), audit],
      result: { path, audit_id: begun.audit_id },
    };
  });
}

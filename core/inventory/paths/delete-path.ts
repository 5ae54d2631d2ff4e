import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { noPath } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { pathKey } from '../model/inventory-keys.ts';
import { parseInput } from '../model/parse-input.ts';
import { sourceSiteOf } from '../model/path-id.ts';
import type { Path } from '../model/site.ts';
import { pathTarget, SITE_EVENT } from '../model/site-events.ts';
import { pathIdInput } from '../model/site-input.ts';
import { pathItemSchema, toPath } from '../model/site-items.ts';
import { deletePathCopies, updateSiteItem } from '../model/site-writes.ts';
import { readActiveSite } from '../sites/active-site.ts';

export interface DeletedPath {
  path: Path;
  audit_id: string;
}

/**
 * Removes a path for good.
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
    const [source, destination] = await Promise.all([
      readActiveSite(context, path.source_site_id),
      readActiveSite(context, path.destination_site_id),
    ]);
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'deletePath',
      target: pathTarget(path_id),
      before: path,
      event: {
        type: SITE_EVENT.pathDeleted,
        site_id: source.id,
        site_seq: source.seq + 1,
        data: { path },
      },
    });
    return {
      actions: [
        updateSiteItem(tables, { site: source, event: true }),
        updateSiteItem(tables, { site: destination, event: false }),
        ...deletePathCopies(tables, item),
        forgetDecisions(tables),
        audit,
      ],
      result: { path, audit_id: begun.audit_id },
    };
  });
}

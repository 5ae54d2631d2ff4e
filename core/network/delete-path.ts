import type { Caller } from '../audit/caller.ts';
import { forgetDecisions } from '../cache/forget-decisions.ts';
import { NotFound } from '../errors.ts';
import { readActiveSite } from './active-site.ts';
import { commitChange } from './commit-change.ts';
import { pathTarget, SITE_EVENT, tell } from './network-change.ts';
import type { NetworkContext } from './network-context.ts';
import { pathKey } from './network-keys.ts';
import { parseInput } from './parse-input.ts';
import { sourceSiteOf } from './path-id.ts';
import { deletePathCopies } from './path-writes.ts';
import type { Path } from './site.ts';
import { pathIdInput } from './site-input.ts';
import { type PathItem, toPath, withoutKeys } from './site-items.ts';
import { updateSiteItem } from './site-writes.ts';
import { getItem } from './strong-reads.ts';

export interface DeletedPath {
  path: Path;
  audit_id: string;
}

/**
 * Removes a path for good.
 *
 * @throws ValidationError · NotFound · Conflict while one of its sites is deleted or restored
 */
export async function deletePath(
  context: NetworkContext,
  actor: Caller,
  input: unknown,
): Promise<DeletedPath> {
  const { path_id } = parseInput(pathIdInput, input);
  const { tables } = context;
  return commitChange(context, async () => {
    const item = await getItem(context, pathKey(sourceSiteOf(path_id), path_id));
    if (item === undefined) {
      throw new NotFound(`There is no path ${path_id}. The list of a site's paths shows their ids.`);
    }
    const path = toPath(item);
    const [source, destination] = await Promise.all([
      readActiveSite(context, path.source_site_id),
      readActiveSite(context, path.destination_site_id),
    ]);
    const { audit, audit_id } = tell(context, {
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
        ...deletePathCopies(tables, withoutKeys<PathItem>(item)),
        forgetDecisions(tables),
        audit,
      ],
      result: { path, audit_id },
    };
  });
}

import { ulid } from 'ulid';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { parseInput } from '../model/parse-input.ts';
import { newPathId } from '../model/path-id.ts';
import type { Path } from '../model/site.ts';
import { pathTarget, SITE_EVENT } from '../model/site-events.ts';
import { createPathInput } from '../model/site-input.ts';
import { pathItem } from '../model/site-items.ts';
import { putNew, updateSiteItem } from '../model/site-writes.ts';
import { readActiveEndpoint, readActiveSite } from '../sites/active-site.ts';

/**
 * Connects an endpoint of one site with one of another: a copy in both sites' partitions, in one transaction that holds
 * only while both sites stay as they were read, and with them their endpoints.
 *
 * @throws ValidationError · NotFound · Conflict
 */
export async function createPath(context: StoreContext, actor: Caller, input: unknown): Promise<Path> {
  const { wg_interface = null, ...ends } = parseInput(createPathInput, input);
  const { source_site_id, source_endpoint_id, destination_site_id, destination_endpoint_id } = ends;
  const { tables } = context;
  return commitChange(context, async begun => {
    const [source, destination] = await Promise.all([
      readActiveSite(context, source_site_id),
      readActiveSite(context, destination_site_id),
    ]);
    await Promise.all([
      readActiveEndpoint(context, source_site_id, source_endpoint_id),
      readActiveEndpoint(context, destination_site_id, destination_endpoint_id),
    ]);
    const now = timestamp(context.clock());
    const path: Path = { id: newPathId(source_site_id), ...ends, wg_interface, created_at: now };
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'createPath',
      target: pathTarget(path.id),
      after: path,
      event: {
        type: SITE_EVENT.pathCreated,
        site_id: source_site_id,
        site_seq: source.seq + 1,
        data: { path },
      },
    });
    const item = {
      ...path,
      rev: ulid(context.clock()),
      source_life: source.life,
      destination_life: destination.life,
    };
    return {
      actions: [
        updateSiteItem(tables, { site: source, event: true }),
        updateSiteItem(tables, { site: destination, event: false }),
        putNew(tables, pathItem(item, source_site_id)),
        putNew(tables, pathItem(item, destination_site_id)),
        forgetDecisions(tables),
        audit,
      ],
      result: path,
    };
  });
}

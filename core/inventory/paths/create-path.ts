import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { commitOnce } from '../../storage/commit-once.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { parseInput } from '../model/parse-input.ts';
import { newPathId } from '../model/path-id.ts';
import type { Path } from '../model/site.ts';
import { pathTarget } from '../model/site-events.ts';
import { createPathInput } from '../model/site-input.ts';
import { addPath, pathEvent, readPathSites, requirePathEndpoints } from './path-actions.ts';
import { refuseSamePath } from './refuse-same-path.ts';

/**
 * Connects an endpoint of one site with one of another. One transaction puts a copy of the path in
 * both sites' partitions; it fails when a site or its endpoints have changed since they were read.
 *
 * @throws ValidationError · NotFound · Conflict, also for a path that exists already and for a
 * client_token of another request
 */
export async function createPath(context: StoreContext, actor: Caller, input: unknown): Promise<Path> {
  const given = parseInput(createPathInput, input);
  const { wg_interface = null, client_token, ...ends } = given;
  const { tables } = context;
  const request = { owner: actor.sub, operation: 'createPath', client_token, given };
  return commitOnce(context, request, async begun => {
    const sites = await readPathSites(context, ends);
    await requirePathEndpoints(context, ends);
    await refuseSamePath(context, { ...ends, wg_interface });
    const now = timestamp(context.clock());
    const path: Path = { id: newPathId(ends.source_site_id), ...ends, wg_interface, created_at: now };
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'createPath',
      target: pathTarget(path.id),
      after: path,
      event: pathEvent('pathCreated', path, sites),
    });
    return { actions: [...addPath(context, path, sites), audit], result: path };
  });
}

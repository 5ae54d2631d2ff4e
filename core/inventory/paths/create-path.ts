import { ulid } from 'ulid';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { Conflict } from '../../errors.ts';
import { commitOnce } from '../../storage/commit-once.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { PATH_PREFIX, sitePartition } from '../model/inventory-keys.ts';
import { parseInput } from '../model/parse-input.ts';
import { newPathId } from '../model/path-id.ts';
import type { Path } from '../model/site.ts';
import { pathTarget, SITE_EVENT } from '../model/site-events.ts';
import { createPathInput } from '../model/site-input.ts';
import { pathItem, toPath } from '../model/site-items.ts';
import { putNew, updateSiteItem } from '../model/site-writes.ts';
import { readActiveEndpoint, readActiveSite } from '../sites/active-site.ts';

/**
 * Connects an endpoint of one site with one of another: a copy in both sites' partitions, in one transaction that holds
 * only while both sites stay as they were read, and with them their endpoints.
 *
 * @throws ValidationError · NotFound · Conflict, also for a path that there is already and for a client_token of another request
 */
export async function createPath(context: StoreContext, actor: Caller, input: unknown): Promise<Path> {
  const given = parseInput(createPathInput, input);
  const { wg_interface = null, client_token, ...ends } = given;
  const { source_site_id, source_endpoint_id, destination_site_id, destination_endpoint_id } = ends;
  const { tables } = context;
  const request = { owner: actor.sub, operation: 'createPath', client_token, given };
  return commitOnce(context, request, async begun => {
    const [source, destination] = await Promise.all([
      readActiveSite(context, source_site_id),
      readActiveSite(context, destination_site_id),
    ]);
    await Promise.all([
      readActiveEndpoint(context, source_site_id, source_endpoint_id),
      readActiveEndpoint(context, destination_site_id, destination_endpoint_id),
    ]);
    await refuseSamePath(context, { ...ends, wg_interface });
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

type Ends = Omit<Path, 'id' | 'created_at'>;

/**
 * A path is the same as another between these endpoints over the same interface, whichever end is called its source. Both sites were read before,
 * and the transaction holds only while no path came to either since.
 *
 * @throws Conflict
 */
async function refuseSamePath(context: StoreContext, path: Ends): Promise<void> {
  const { source_site_id, destination_site_id } = path;
  // A path's id begins with its source: so the copies in the partition of the other end are the paths of this direction.
  const [there, back] = await Promise.all([
    queryAll(context, {
      pk: sitePartition(destination_site_id),
      prefix: `${PATH_PREFIX}${source_site_id}.`,
    }),
    queryAll(context, {
      pk: sitePartition(source_site_id),
      prefix: `${PATH_PREFIX}${destination_site_id}.`,
    }),
  ]);
  const same =
    there.map(toPath).find(other => isSame(other, path)) ??
    back.map(toPath).find(other => isSame(other, reversed(path)));
  if (!same) return;
  const over = path.wg_interface === null ? '' : ` over ${path.wg_interface}`;
  throw new Conflict(
    `Path ${same.id} connects endpoint ${path.source_endpoint_id} of site ${source_site_id} with endpoint ${path.destination_endpoint_id} of site ${destination_site_id}${over} already.`,
  );
}

const isSame = (one: Ends, other: Ends): boolean =>
  one.source_endpoint_id === other.source_endpoint_id &&
  one.destination_endpoint_id === other.destination_endpoint_id &&
  one.wg_interface === other.wg_interface;

const reversed = ({ wg_interface, ...ends }: Ends): Ends => ({
  source_site_id: ends.destination_site_id,
  source_endpoint_id: ends.destination_endpoint_id,
  destination_site_id: ends.source_site_id,
  destination_endpoint_id: ends.source_endpoint_id,
  wg_interface,
});

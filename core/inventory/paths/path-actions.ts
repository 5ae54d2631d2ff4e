import { ulid } from 'ulid';
import type { AuditEvent } from '../../audit/audit-entry.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import type { Path } from '../model/site.ts';
import { SITE_EVENT } from '../model/site-events.ts';
import { type PathItem, pathItem, type SiteItem } from '../model/site-items.ts';
import { deletePathCopies, putNew, updateSiteItem } from '../model/site-writes.ts';
import { readActiveEndpoint, readActiveSite } from '../sites/active-site.ts';

/** Both sites of a path, as they were read. */
export interface PathSites {
  source: SiteItem;
  destination: SiteItem;
}

/** @throws NotFound · Conflict while one of them is deleted or restored */
export async function readPathSites(
  context: StoreContext,
  { source_site_id, destination_site_id }: Pick<Path, 'source_site_id' | 'destination_site_id'>,
): Promise<PathSites> {
  const [source, destination] = await Promise.all([
    readActiveSite(context, source_site_id),
    readActiveSite(context, destination_site_id),
  ]);
  return { source, destination };
}

/** @throws NotFound · Conflict when an endpoint of a path doesn't exist or is being removed */
export async function requirePathEndpoints(
  context: StoreContext,
  path: Omit<Path, 'id' | 'created_at' | 'wg_interface'>,
): Promise<void> {
  await Promise.all([
    readActiveEndpoint(context, path.source_site_id, path.source_endpoint_id),
    readActiveEndpoint(context, path.destination_site_id, path.destination_endpoint_id),
  ]);
}

/**
 * The actions that put a path in both its sites; they fail when a site or its endpoints changed.
 */
export function addPath(
  context: StoreContext,
  path: Path,
  { source, destination }: PathSites,
): WriteAction[] {
  const { tables } = context;
  const item = {
    ...path,
    rev: ulid(context.clock()),
    source_life: source.life,
    destination_life: destination.life,
  };
  return [
    updateSiteItem(tables, { site: source, event: true }),
    updateSiteItem(tables, { site: destination, event: false }),
    putNew(tables, pathItem(item, source.id)),
    putNew(tables, pathItem(item, destination.id)),
    forgetDecisions(tables),
  ];
}

/** The actions that remove a path from both its sites. */
export function removePath(
  { tables }: StoreContext,
  item: PathItem,
  { source, destination }: PathSites,
): WriteAction[] {
  return [
    updateSiteItem(tables, { site: source, event: true }),
    updateSiteItem(tables, { site: destination, event: false }),
    ...deletePathCopies(tables, item),
    forgetDecisions(tables),
  ];
}

/** The event of a created or deleted path; it belongs to the source site. */
export function pathEvent(
  type: 'pathCreated' | 'pathDeleted',
  path: Path,
  { source }: PathSites,
): AuditEvent {
  return { type: SITE_EVENT[type], site_id: source.id, site_seq: source.seq + 1, data: { path } };
}

import { Conflict, NotFound, noEndpoint, noSite } from '../../errors.ts';
import { readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { readArchiveHead } from '../archive/archive-head.ts';
import { endpointKey } from '../model/inventory-keys.ts';
import { SITE_STATUS } from '../model/site.ts';
import { type EndpointItem, endpointItemSchema, readSiteItem, type SiteItem } from '../model/site-items.ts';

/**
 * Reads a site that can be changed now, or that has the status `or`.
 *
 * @throws NotFound, which names restoreSite for a deleted site · Conflict while it is deleted or
 * restored
 */
export async function readActiveSite(
  context: StoreContext,
  siteId: string,
  { or: also }: { or?: SiteItem['status'] } = {},
): Promise<SiteItem> {
  const site = await readSiteItem(context, siteId);
  if (site === undefined) throw await missingSite(context, siteId);
  if (site.status === SITE_STATUS.active || site.status === also) return site;
  throw beingChanged(site);
}

/** The error for a change of a site that an operation holds. */
export function beingChanged({ id, status }: Pick<SiteItem, 'id' | 'status'>): Conflict {
  return status === SITE_STATUS.deleting
    ? new Conflict(`Site ${id} is being deleted. When that is done, restoreSite can bring it back.`)
    : new Conflict(`Site ${id} is being restored. Try again when that is done.`);
}

/** @throws Conflict while an endpoint of the site is removed or restored */
export function refuseWhileRemoving({ id, removing_endpoint }: SiteItem): void {
  if (removing_endpoint !== undefined) {
    throw new Conflict(
      `Endpoint ${removing_endpoint} of site ${id} is being removed or brought back. Try again in a moment.`,
    );
  }
}

/** The error for a missing site; for a deleted one it names restoreSite. */
async function missingSite(context: StoreContext, siteId: string): Promise<NotFound> {
  const head = await readArchiveHead(context, siteId);
  if (head?.state !== 'ARCHIVED') return noSite(siteId);
  return new NotFound(
    `Site ${siteId} was deleted on ${head.deleted_at}; restoreSite can bring it back until ${head.restorable_until}.`,
  );
}

/** @throws NotFound · Conflict while it is being removed */
export async function readActiveEndpoint(
  context: StoreContext,
  siteId: string,
  endpointId: string,
): Promise<EndpointItem> {
  const endpoint = await readItem(context, endpointKey(siteId, endpointId), endpointItemSchema);
  if (endpoint === undefined) throw noEndpoint(endpointId, siteId);
  if (endpoint.status === 'ACTIVE') return endpoint;
  throw new Conflict(`Endpoint ${endpointId} of site ${siteId} is being removed.`);
}

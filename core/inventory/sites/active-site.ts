import { Conflict, NotFound } from '../../errors.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItem } from '../../storage/strong-reads.ts';
import { archiveHeadKey, endpointKey, siteKey } from '../model/inventory-keys.ts';
import { SITE_STATUS } from '../model/site.ts';
import type { EndpointItem, SiteItem } from '../model/site-items.ts';

/**
 * A site that can be changed now.
 *
 * @throws NotFound, saying so when it was deleted · Conflict while it is deleted or restored
 */
export async function readActiveSite(context: StoreContext, siteId: string): Promise<SiteItem> {
  const site = (await getItem(context, siteKey(siteId))) as SiteItem | undefined;
  if (site === undefined) throw await missingSite(context, siteId);
  if (site.status === SITE_STATUS.active) return site;
  throw beingChanged(site);
}

/** Why a site can't be changed while an operation holds it. */
export function beingChanged({ id, status }: Pick<SiteItem, 'id' | 'status'>): Conflict {
  return status === SITE_STATUS.deleting
    ? new Conflict(`Site ${id} is being deleted. When that is done, restoreSite can bring it back.`)
    : new Conflict(`Site ${id} is being restored. Try again when that is done.`);
}

/** What to say of a site that isn't there. */
async function missingSite(context: StoreContext, siteId: string): Promise<NotFound> {
  const head = await getItem(context, archiveHeadKey(siteId));
  if (head?.state !== 'ARCHIVED') {
    return new NotFound(`There is no site ${siteId}. The list of sites shows their ids.`);
  }
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
  const endpoint = (await getItem(context, endpointKey(siteId, endpointId))) as EndpointItem | undefined;
  if (endpoint === undefined) {
    throw new NotFound(`Site ${siteId} has no endpoint ${endpointId}. Add it with addEndpoint first.`);
  }
  if (endpoint.status === 'ACTIVE') return endpoint;
  throw new Conflict(`Endpoint ${endpointId} of site ${siteId} is being removed.`);
}

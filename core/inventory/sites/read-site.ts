import type { StoreContext } from '../../storage/store-context.ts';
import { getItem, queryAll } from '../../storage/strong-reads.ts';
import { ENDPOINT_PREFIX, siteKey, sitePartition } from '../model/inventory-keys.ts';
import { type Endpoint, SITE_STATUS, type Site } from '../model/site.ts';
import { toEndpoint, toSite } from '../model/site-items.ts';
import { readVisible } from '../removal/hidden-sites.ts';

export interface SiteWithEndpoints extends Site {
  endpoints: Endpoint[];
}

/**
 * One site with its endpoints; undefined when there is none, or while it is deleted or restored.
 */
export function readSite(context: StoreContext, siteId: string): Promise<SiteWithEndpoints | undefined> {
  return readVisible(
    context,
    async () => {
      const [item, endpoints] = await Promise.all([
        getItem(context, siteKey(siteId)),
        readEndpoints(context, siteId),
      ]);
      return item && { ...toSite(item), endpoints };
    },
    (site, hidden) => {
      if (site === undefined || site.status !== SITE_STATUS.active || hidden.site(siteId)) return undefined;
      return { ...site, endpoints: site.endpoints.filter(({ id }) => !hidden.endpoint(siteId, id)) };
    },
  );
}

/** A site's endpoints by id, including those being removed: call it inside `readVisible`. */
export async function readEndpoints(context: StoreContext, siteId: string): Promise<Endpoint[]> {
  const items = await queryAll(context, { pk: sitePartition(siteId), prefix: ENDPOINT_PREFIX });
  return items.map(toEndpoint);
}

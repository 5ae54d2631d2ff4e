import type { StoreContext } from '../../storage/store-context.ts';
import { getItem } from '../../storage/strong-reads.ts';
import { siteKey } from '../model/inventory-keys.ts';
import { SITE_STATUS } from '../model/site.ts';
import { toSite } from '../model/site-items.ts';
import type { SiteWithEndpoints } from './list-sites.ts';
import { readEndpoints } from './read-endpoints.ts';
import { readVisible } from './read-visible.ts';

/** One site with its endpoints; undefined when there is none, or while it is deleted or restored. */
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

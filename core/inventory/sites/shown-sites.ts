import type { StoreContext } from '../../storage/store-context.ts';
import { getItems } from '../../storage/strong-reads.ts';
import { siteKey } from '../model/inventory-keys.ts';
import { SITE_STATUS } from '../model/site.ts';
import { toSite } from '../model/site-items.ts';
import { readVisible } from '../removal/hidden-sites.ts';

/** Which of these ids are of sites that are there, not deleted, not being deleted or restored. */
export function readShownSites(context: StoreContext, ids: Iterable<string>): Promise<Set<string>> {
  const keys = [...new Set(ids)].map(siteKey);
  return readVisible(
    context,
    () => getItems(context, keys),
    (items, hidden) => {
      const active = items.map(toSite).filter(({ status }) => status === SITE_STATUS.active);
      return new Set(active.map(({ id }) => id).filter(id => !hidden.site(id)));
    },
  );
}

import type { StoreContext } from '../../storage/store-context.ts';
import { getItems } from '../../storage/strong-reads.ts';
import { siteKey } from '../model/inventory-keys.ts';
import { SITE_STATUS } from '../model/site.ts';
import { toSite } from '../model/site-items.ts';
import { readVisible } from '../removal/hidden-sites.ts';

/** Names by id of those of the sites that are shown: not deleted, nor being deleted or restored. */
export function readSiteNames(context: StoreContext, ids: Iterable<string>): Promise<Map<string, string>> {
  const keys = [...new Set(ids)].map(siteKey);
  return readVisible(
    context,
    () => getItems(context, keys),
    (items, hidden) => {
      const active = items.map(toSite).filter(({ status }) => status === SITE_STATUS.active);
      const shown = active.filter(({ id }) => !hidden.site(id));
      return new Map(shown.map(({ id, name }) => [id, name]));
    },
  );
}

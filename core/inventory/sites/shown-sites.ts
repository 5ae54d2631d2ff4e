import type { StoreContext } from '../../storage/store-context.ts';
import { getItems } from '../../storage/strong-reads.ts';
import { siteKey } from '../model/inventory-keys.ts';
import { SITE_STATUS } from '../model/site.ts';
import { readVisible } from './read-visible.ts';

/** Which of these ids are of sites that are there, not deleted, not being deleted or restored. */
export function readShownSites(context: StoreContext, ids: Iterable<string>): Promise<Set<string>> {
  const keys = [...new Set(ids)].map(siteKey);
  return readVisible(
    context,
    () => getItems(context, keys),
    (items, hidden) => {
      const shown = items.filter(
        item => item.status === SITE_STATUS.active && !hidden.site(item.id as string),
      );
      return new Set(shown.map(item => item.id as string));
    },
  );
}

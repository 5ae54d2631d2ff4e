import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import { DIRECTORY_PARTITION } from '../model/inventory-keys.ts';
import { readVisible } from '../removal/hidden-sites.ts';

/** The number of sites, without those that are being deleted or restored. */
export function countSites(context: StoreContext): Promise<number> {
  return readVisible(
    context,
    () => queryAll(context, { pk: DIRECTORY_PARTITION, project: ['site_id'] }),
    (entries, hidden) => entries.filter(({ site_id }) => !hidden.site(site_id as string)).length,
  );
}

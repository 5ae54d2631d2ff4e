import type { StoreContext } from '../../storage/store-context.ts';
import { readSiteNames } from './site-names.ts';

/** Those of the ids that belong to a shown site: not deleted, nor being deleted or restored. */
export async function readShownSites(context: StoreContext, ids: Iterable<string>): Promise<Set<string>> {
  return new Set((await readSiteNames(context, ids)).keys());
}

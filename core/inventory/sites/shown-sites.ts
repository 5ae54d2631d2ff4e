import type { StoreContext } from '../../storage/store-context.ts';
import { readSiteNames } from './site-names.ts';

/** Which of these ids are of sites that are there, not deleted, not being deleted or restored. */
export async function readShownSites(context: StoreContext, ids: Iterable<string>): Promise<Set<string>> {
  return new Set((await readSiteNames(context, ids)).keys());
}

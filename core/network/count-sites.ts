import type { NetworkContext } from './network-context.ts';
import { DIRECTORY_PARTITION } from './network-keys.ts';
import { readVisible } from './read-visible.ts';
import { queryAll } from './strong-reads.ts';

/** How many sites there are, those left out that are being deleted or restored. */
export function countSites(context: NetworkContext): Promise<number> {
  return readVisible(
    context,
    () => queryAll(context, { pk: DIRECTORY_PARTITION, project: ['site_id'] }),
    (entries, hidden) => entries.filter(({ site_id }) => !hidden.site(site_id as string)).length,
  );
}

import { noSite } from '../errors.ts';
import { ENDPOINT_PREFIX, META, PATH_PREFIX, sitePartition } from '../inventory/model/inventory-keys.ts';
import { peerOf } from '../inventory/model/site.ts';
import { toEndpoint, toPath } from '../inventory/model/site-items.ts';
import { readVisible } from '../inventory/removal/hidden-sites.ts';
import type { Item } from '../storage/item.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { queryAll } from '../storage/strong-reads.ts';
import { endpointIndex, type PricedPath, priced } from './path-costs.ts';

/**
 * Every path between two sites, in either direction.
 * @throws NotFound when a site doesn't exist
 */
export async function readPathsBetween(
  context: StoreContext,
  { source_site_id, destination_site_id }: { source_site_id: string; destination_site_id: string },
): Promise<PricedPath[]> {
  const read = async () =>
    Promise.all([
      queryAll(context, { pk: sitePartition(source_site_id) }),
      queryAll(context, { pk: sitePartition(destination_site_id), prefix: META }),
      queryAll(context, { pk: sitePartition(destination_site_id), prefix: ENDPOINT_PREFIX }),
    ]);
  return readVisible(context, read, ([source, destinationMeta, destinationEndpoints], hidden) => {
    const present = {
      [source_site_id]: source.some(isMeta),
      [destination_site_id]: destinationMeta.some(isMeta),
    };
    for (const id of [source_site_id, destination_site_id]) {
      if (!present[id] || hidden.site(id)) throw noSite(id);
    }
    const endpoints = endpointIndex([...source.filter(isEndpoint), ...destinationEndpoints].map(toEndpoint));
    return source
      .filter(isPath)
      .map(toPath)
      .filter(path => peerOf(path, source_site_id) === destination_site_id && !hidden.path(path))
      .map(path => priced(path, endpoints));
  });
}

const isMeta = (item: Item) => item.sk === META;
const isEndpoint = (item: Item) => String(item.sk).startsWith(ENDPOINT_PREFIX);
const isPath = (item: Item) => String(item.sk).startsWith(PATH_PREFIX);

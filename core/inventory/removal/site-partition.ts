import type { Item } from '../../storage/item.ts';
import { readAhead } from '../../storage/read-ahead.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { queryPages } from '../../storage/strong-reads.ts';
import { ENDPOINT_PREFIX, META, sitePartition } from '../model/inventory-keys.ts';
import { type EndpointItem, type PathItem, type SiteItem, withoutKeys } from '../model/site-items.ts';

/** A site's partition while it is being read. Site and endpoints sort before the paths and are there with the first page. */
export interface PartitionReading {
  site: SiteItem | undefined;
  endpoints: EndpointItem[];
  /** Pages of paths, read as they are asked for. */
  paths: AsyncGenerator<PathItem[]>;
}

/** Items a page: bounds the memory that a big site takes. */
const PAGE_ITEMS = 400;

/** Reads a site's partition strongly, front to back, once. */
export function readPartition(context: StoreContext, siteId: string): PartitionReading {
  const reading: PartitionReading = { site: undefined, endpoints: [], paths: pages() };
  async function* pages(): AsyncGenerator<PathItem[]> {
    const query = { pk: sitePartition(siteId), pageSize: PAGE_ITEMS };
    for await (const page of readAhead(queryPages(context, query))) yield page.flatMap(sortOut);
  }
  function sortOut(item: Item): PathItem[] {
    const { sk } = item as { sk: string };
    if (sk === META) reading.site = withoutKeys(item);
    else if (sk.startsWith(ENDPOINT_PREFIX)) reading.endpoints.push(withoutKeys(item));
    else return [withoutKeys<PathItem>(item)];
    return [];
  }
  return reading;
}

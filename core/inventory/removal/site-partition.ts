import type { Item } from '../../storage/item.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { readAhead } from '../../storage/read-ahead.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { queryPages } from '../../storage/strong-reads.ts';
import { ENDPOINT_PREFIX, META, PATH_PREFIX, sitePartition } from '../model/inventory-keys.ts';
import {
  type EndpointItem,
  endpointItemSchema,
  type PathItem,
  pathItemSchema,
  type SiteItem,
  siteItemSchema,
} from '../model/site-items.ts';

/** A site's partition: site and endpoints from its first page, paths page by page. */
export interface SitePartition {
  /** undefined when the site is gone. */
  site: SiteItem | undefined;
  endpoints: EndpointItem[];
  /** Pages of its paths, read on demand, one page ahead. */
  paths: AsyncIterable<PathItem[]>;
}

/**
 * Items a page, which bounds the memory that a big site needs. Site and endpoints, at most 64, sort
 * before the paths and so are all in the first page.
 */
const PAGE_ITEMS = 400;

/** Reads a site's partition strongly, from beginning to end. */
export async function readPartition(context: StoreContext, siteId: string): Promise<SitePartition> {
  const pages = readAhead(queryPages(context, { pk: sitePartition(siteId), pageSize: PAGE_ITEMS }));
  const first: Item[] = (await pages.next()).value ?? [];
  const meta = first.find(({ sk }) => sk === META);
  return {
    site: meta && parseItem(siteItemSchema, meta),
    endpoints: itemsOf(first, ENDPOINT_PREFIX).map(item => parseItem(endpointItemSchema, item)),
    paths: pathPages(first, pages),
  };
}

async function* pathPages(first: Item[], rest: AsyncIterable<Item[]>): AsyncGenerator<PathItem[]> {
  yield pathsIn(first);
  for await (const page of rest) yield pathsIn(page);
}

const pathsIn = (page: Item[]): PathItem[] =>
  itemsOf(page, PATH_PREFIX).map(item => parseItem(pathItemSchema, item));

const itemsOf = (page: Item[], prefix: string): Item[] =>
  page.filter(({ sk }) => String(sk).startsWith(prefix));

import { makePageToken, readPageToken } from '../../storage/page-token.ts';
import { parseItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItems, queryPages } from '../../storage/strong-reads.ts';
import { type GeoBox, isWithin } from '../model/geo.ts';
import { DIRECTORY_PARTITION, directoryKey, siteKey } from '../model/inventory-keys.ts';
import { SITE_STATUS, type Site } from '../model/site.ts';
import { directoryEntrySchema, toSite } from '../model/site-items.ts';
import { readVisible } from '../removal/hidden-sites.ts';
import { readEndpoints, type SiteWithEndpoints } from './read-site.ts';

export interface SiteQuery {
  limit: number;
  next_token?: string | null | undefined;
  /** Selects sites whose name or location contains this text; case is ignored. */
  search?: string | null | undefined;
  /** Selects sites in this box, and so none without coordinates. */
  within?: GeoBox | null | undefined;
  /** Without it `endpoints` stay empty. */
  with_endpoints?: boolean;
}

export interface SiteList {
  items: SiteWithEndpoints[];
  next_token: string | null;
}

const TOKEN_KIND = 'sites';
const TOKEN_SHAPE = [/^[0-9TZ:.-]{24}#[0-9a-f-]{36}$/];

/**
 * A page of sites in the order of their creation. The order is stable, so that no page repeats or
 * omits a site.
 */
export async function listSites(context: StoreContext, query: SiteQuery): Promise<SiteList> {
  const wanted = query.limit + 1;
  const items: SiteWithEndpoints[] = [];
  let after = readPageToken(TOKEN_KIND, query.next_token, TOKEN_SHAPE)?.[0];
  // Hidden sites leave room on the page: read on until it is full.
  do {
    const part = await readVisible(
      context,
      () => readPart(context, { ...query, after, count: wanted - items.length }),
      ({ sites, last }, hidden) => ({
        last,
        sites: sites
          .filter(site => site.status === SITE_STATUS.active && !hidden.site(site.id))
          .map(site => ({
            ...site,
            endpoints: site.endpoints.filter(({ id }) => !hidden.endpoint(site.id, id)),
          })),
      }),
    );
    items.push(...part.sites);
    after = part.last;
  } while (after !== undefined && items.length < wanted);
  const shown = items.slice(0, query.limit);
  return { items: shown, next_token: items.length > query.limit ? tokenAfter(shown.at(-1)!) : null };
}

const tokenAfter = ({ created_at, id }: Site): string =>
  makePageToken(TOKEN_KIND, [directoryKey(created_at, id).sk]);

interface PartQuery extends SiteQuery {
  after: string | undefined;
  count: number;
}

interface Part {
  sites: SiteWithEndpoints[];
  /** Where the next part begins; undefined at the end. */
  last: string | undefined;
}

/** The next `count` sites of the directory that match, including hidden ones. */
async function readPart(context: StoreContext, query: PartQuery): Promise<Part> {
  const { ids, last } = await findEntries(context, query);
  const items = await getItems(context, ids.map(siteKey));
  const byId = new Map(items.map(toSite).map(site => [site.id, site]));
  const sites = ids.flatMap(id => byId.get(id) ?? []);
  const endpoints = await Promise.all(
    sites.map(({ id }) => (query.with_endpoints ? readEndpoints(context, id) : [])),
  );
  return { sites: sites.map((site, index) => ({ ...site, endpoints: endpoints[index]! })), last };
}

async function findEntries(context: StoreContext, { after, count, search, within }: PartQuery) {
  const needle = fold(search ?? '');
  const ids: string[] = [];
  const directory = { pk: DIRECTORY_PARTITION, pageSize: needle === '' && !within ? count : 1000 };
  for await (const page of queryPages(context, { ...directory, ...(after !== undefined && { after }) })) {
    for (const item of page) {
      const { sk, site_id, name, location, ...place } = parseItem(directoryEntrySchema, item);
      if (!fold(`${name}\n${location ?? ''}`).includes(needle)) continue;
      if (within && !isWithin(within, place)) continue;
      ids.push(site_id);
      if (ids.length === count) return { ids, last: sk };
    }
  }
  return { ids, last: undefined };
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

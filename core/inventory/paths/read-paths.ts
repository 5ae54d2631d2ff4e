import { noPath, noSite } from '../../errors.ts';
import { makePageToken, readPageToken } from '../../storage/page-token.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItem, queryPages } from '../../storage/strong-reads.ts';
import { PATH_PREFIX, pathKey, siteKey, sitePartition } from '../model/inventory-keys.ts';
import { PATH_ID, sourceSiteOf } from '../model/path-id.ts';
import { type Path, SITE_STATUS } from '../model/site.ts';
import { toPath } from '../model/site-items.ts';
import { readVisible } from '../removal/hidden-sites.ts';

export interface PathQuery {
  /** The site at either end. */
  site_id: string;
  limit: number;
  next_token?: string | null | undefined;
}

export interface PathList {
  items: Path[];
  next_token: string | null;
}

const TOKEN_KIND = 'paths';
const TOKEN_SHAPE = [/^[0-9a-f-]{36}$/, PATH_ID];

/**
 * A page of the paths that end at a site, by path id.
 *
 * @throws NotFound for a site that isn't shown
 */
export async function listPaths(context: StoreContext, query: PathQuery): Promise<PathList> {
  const { site_id, limit } = query;
  const position = readPageToken(TOKEN_KIND, query.next_token, TOKEN_SHAPE);
  let after = position?.[0] === site_id ? `${PATH_PREFIX}${position[1]}` : undefined;
  const items: Path[] = [];
  do {
    const part = await readVisible(
      context,
      () => readPart(context, { site_id, after, count: limit + 1 - items.length }),
      ({ shown, paths, last }, hidden) => ({
        last,
        there: shown && !hidden.site(site_id),
        paths: paths.filter(path => !hidden.path(path)),
      }),
    );
    if (!part.there) throw noSite(site_id);
    items.push(...part.paths);
    after = part.last;
  } while (after !== undefined && items.length <= limit);
  const page = items.slice(0, limit);
  const next_token = items.length > limit ? makePageToken(TOKEN_KIND, [site_id, page.at(-1)!.id]) : null;
  return { items: page, next_token };
}

interface PartQuery {
  site_id: string;
  after: string | undefined;
  count: number;
}

async function readPart(context: StoreContext, { site_id, after, count }: PartQuery) {
  const [site, paths] = await Promise.all([
    getItem(context, siteKey(site_id)),
    readSome(context, { site_id, after, count }),
  ]);
  const last = paths.length === count ? `${PATH_PREFIX}${paths.at(-1)!.id}` : undefined;
  return { shown: site?.status === SITE_STATUS.active, paths, last };
}

async function readSome(context: StoreContext, { site_id, after, count }: PartQuery): Promise<Path[]> {
  const paths: Path[] = [];
  const query = { pk: sitePartition(site_id), prefix: PATH_PREFIX, pageSize: count };
  for await (const page of queryPages(context, { ...query, ...(after !== undefined && { after }) })) {
    paths.push(...page.map(toPath));
    if (paths.length >= count) return paths.slice(0, count);
  }
  return paths;
}

/** One path. @throws NotFound when there is none, or while a site or endpoint of it is hidden */
export async function readPath(context: StoreContext, pathId: string): Promise<Path> {
  if (!PATH_ID.test(pathId)) throw noPath(pathId);
  return readVisible(
    context,
    () => getItem(context, pathKey(sourceSiteOf(pathId), pathId)),
    (item, hidden) => {
      const path = item && toPath(item);
      if (!path || hidden.path(path)) throw noPath(pathId);
      return path;
    },
  );
}

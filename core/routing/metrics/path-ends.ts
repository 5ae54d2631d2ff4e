import { LRUCache } from 'lru-cache';
import { readEdgeItem } from '../../inventory/edges/read-edges.ts';
import { pathKey } from '../../inventory/model/inventory-keys.ts';
import { PATH_ID, sourceSiteOf } from '../../inventory/model/path-id.ts';
import { toPath } from '../../inventory/model/site-items.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItem } from '../../storage/strong-reads.ts';

const MAX_ENTRIES = 10_000;

/** How long what was read is good for; what is not there may be made at any moment. */
const KNOWN_MS = 60_000;
const MISSING_MS = 10_000;

interface Remembered<T> {
  value: T | undefined;
  until_ms: number;
}

/** Which edges may say how a path is: those that are in service at one of its sites. */
export class PathEnds {
  readonly #sites = new LRUCache<string, Remembered<readonly [string, string]>>({ max: MAX_ENTRIES });
  readonly #edges = new LRUCache<string, Remembered<string>>({ max: MAX_ENTRIES });

  /** Whether the edge is in service at one of the path's sites, as of a minute ago at the latest. */
  async areAt(
    context: StoreContext,
    { path_id, edge_id }: { path_id: string; edge_id: string },
  ): Promise<boolean> {
    const site_id = await remembered(this.#edges, edge_id, context, () => siteOf(context, edge_id));
    if (site_id === undefined) return false;
    const sites = await remembered(this.#sites, path_id, context, () => sitesOf(context, path_id));
    return sites?.includes(site_id) ?? false;
  }
}

async function remembered<T>(
  memory: LRUCache<string, Remembered<T>>,
  key: string,
  { clock }: StoreContext,
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const known = memory.get(key);
  const left = (known?.until_ms ?? 0) - clock();
  // A clock that was set back must not keep it for longer.
  if (known && left > 0 && left <= KNOWN_MS) return known.value;
  const value = await read();
  memory.set(key, { value, until_ms: clock() + (value === undefined ? MISSING_MS : KNOWN_MS) });
  return value;
}

async function siteOf(context: StoreContext, edge_id: string): Promise<string | undefined> {
  const edge = await readEdgeItem(context, edge_id);
  return edge && edge.retired_at === null ? edge.site_id : undefined;
}

async function sitesOf(
  context: StoreContext,
  path_id: string,
): Promise<readonly [string, string] | undefined> {
  if (!PATH_ID.test(path_id)) return undefined;
  const item = await getItem(context, pathKey(sourceSiteOf(path_id), path_id));
  if (!item) return undefined;
  const { source_site_id, destination_site_id } = toPath(item);
  return [source_site_id, destination_site_id];
}

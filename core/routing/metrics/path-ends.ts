import { LRUCache } from 'lru-cache';
import { readEdgeItem } from '../../inventory/edges/read-edges.ts';
import { pathKey } from '../../inventory/model/inventory-keys.ts';
import { PATH_ID, sourceSiteOf } from '../../inventory/model/path-id.ts';
import { toPath } from '../../inventory/model/site-items.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItem } from '../../storage/strong-reads.ts';

/** A full shard: 60,000 edges that report each minute, with two paths each. */
const MAX_EDGES = 60_000;
const MAX_PATHS = 120_000;

/** How long an edge that was at a path counts as being there. */
const AT_PATH_MS = 600_000;
/** How long an edge that was not at a path counts as being elsewhere. */
const ELSEWHERE_MS = 10_000;

interface Remembered<T> {
  value: T | undefined;
  read_ms: number;
}

/** Which edges may report measurements of a path: those in service at one of its sites. */
export class PathEnds {
  readonly #sites = new LRUCache<string, Remembered<readonly [string, string]>>({ max: MAX_PATHS });
  readonly #edges = new LRUCache<string, Remembered<string>>({ max: MAX_EDGES });

  /**
   * Whether the edge is in service at one of the path's sites. The answer yes is at most ten
   * minutes old, the answer no at most ten seconds.
   */
  async areAt(context: StoreContext, ends: { path_id: string; edge_id: string }): Promise<boolean> {
    return (
      (await this.#wereAt(context, ends, AT_PATH_MS)) || (await this.#wereAt(context, ends, ELSEWHERE_MS))
    );
  }

  async #wereAt(
    context: StoreContext,
    { path_id, edge_id }: { path_id: string; edge_id: string },
    max_age_ms: number,
  ): Promise<boolean> {
    const site_id = await remembered(this.#edges, { key: edge_id, max_age_ms }, context, () =>
      siteOf(context, edge_id),
    );
    if (site_id === undefined) return false;
    const sites = await remembered(this.#sites, { key: path_id, max_age_ms }, context, () =>
      sitesOf(context, path_id),
    );
    return sites?.includes(site_id) ?? false;
  }
}

async function remembered<T>(
  memory: LRUCache<string, Remembered<T>>,
  { key, max_age_ms }: { key: string; max_age_ms: number },
  { clock }: StoreContext,
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const known = memory.get(key);
  const age_ms = known ? clock() - known.read_ms : Number.POSITIVE_INFINITY;
  // After the clock was set back it is read again.
  if (known && age_ms >= 0 && age_ms < max_age_ms) return known.value;
  const value = await read();
  memory.set(key, { value, read_ms: clock() });
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

import { type Item, type ItemKey, keyText } from '../../storage/item.ts';
import { parseItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItems } from '../../storage/strong-reads.ts';
import { endpointKey, siteKey } from '../model/inventory-keys.ts';
import { type Path, peerOf, SITE_STATUS } from '../model/site.ts';
import { endpointItemSchema, type PathItem, siteItemSchema, toPath } from '../model/site-items.ts';

/** Why a path stays in the archive. PEER_GONE: it comes back when the peer is restored. */
export type SkipReason = 'PEER_GONE' | 'ENDPOINT_GONE';

export interface SkippedPath {
  path: Path;
  peer_site_id: string;
  reason: SkipReason;
}

/** Whether an archived path is restored to both its sites, the peer in this life, or skipped. */
export type Fate = { restore: true; peer_life: number } | { restore: false; reason: SkipReason };

export interface Judgement {
  /**
   * The site's life; undefined when the site is gone or being deleted, or when another operation
   * holds the endpoint to be restored.
   */
  life: number | undefined;
  fates: Map<PathItem, Fate>;
}

/** An endpoint of the site, and the operation that restores and holds it. */
export interface RestoredEndpoint {
  endpoint_id: string;
  operation_id: string;
}

/**
 * Judges which of a site's archived paths can be restored. Reads strongly; the write checks again.
 */
export async function judgePaths(
  context: StoreContext,
  siteId: string,
  paths: PathItem[],
  restoring?: RestoredEndpoint,
): Promise<Judgement> {
  const own = restoring && endpointKey(siteId, restoring.endpoint_id);
  const keys = new Map(
    [siteKey(siteId), ...(own ? [own] : []), ...paths.flatMap(keysOf)].map(key => [keyText(key), key]),
  );
  const found = await getItems(context, [...keys.values()]);
  const items = new Map(found.map(item => [keyText(item), item]));
  const held = own && heldBy(items.get(keyText(own))) === restoring.operation_id;
  const isThere = (key: ItemKey) =>
    isActive(items.get(keyText(key))) || (held === true && keyText(key) === keyText(own));
  const find = (key: ItemKey) => items.get(keyText(key));
  return {
    life: own && !held ? undefined : lifeOf(find(siteKey(siteId))),
    fates: new Map(paths.map(path => [path, judge(path, peerOf(path, siteId), { find, isThere })])),
  };
}

/** The paths that stay in the archive. */
export const skippedPaths = (siteId: string, fates: Judgement['fates']): SkippedPath[] =>
  [...fates].flatMap(([path, fate]) =>
    fate.restore ? [] : [{ path: toPath(path), peer_site_id: peerOf(path, siteId), reason: fate.reason }],
  );

const endpointKeys = (path: Path): ItemKey[] => [
  endpointKey(path.source_site_id, path.source_endpoint_id),
  endpointKey(path.destination_site_id, path.destination_endpoint_id),
];

const keysOf = (path: Path): ItemKey[] => [
  siteKey(path.source_site_id),
  siteKey(path.destination_site_id),
  ...endpointKeys(path),
];

function lifeOf(item: Item | undefined): number | undefined {
  const site = item && parseItem(siteItemSchema, item);
  return site?.status === SITE_STATUS.deleting ? undefined : site?.life;
}

function heldBy(item: Item | undefined): string | undefined {
  return item && parseItem(endpointItemSchema, item).removal_id;
}

function isActive(item: Item | undefined): boolean {
  return item !== undefined && parseItem(endpointItemSchema, item).status === 'ACTIVE';
}

interface Found {
  find(key: ItemKey): Item | undefined;
  isThere(endpoint: ItemKey): boolean;
}

function judge(path: PathItem, peer: string, { find, isThere }: Found): Fate {
  const peer_life = lifeOf(find(siteKey(peer)));
  if (peer_life === undefined) return { restore: false, reason: 'PEER_GONE' };
  const whole = endpointKeys(path).every(isThere);
  return whole ? { restore: true, peer_life } : { restore: false, reason: 'ENDPOINT_GONE' };
}

import type { Item, ItemKey } from '../../storage/item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItems } from '../../storage/strong-reads.ts';
import { endpointKey, siteKey } from '../model/inventory-keys.ts';
import { type Path, peerOf, SITE_STATUS } from '../model/site.ts';
import type { EndpointItem, PathItem, SiteItem } from '../model/site-items.ts';
import type { SkipReason } from './skipped-path.ts';

/** What becomes of an archived path now: it goes back to both its sites, the peer in this life of it, or is skipped. */
export type Fate = { restore: true; peer_life: number } | { restore: false; reason: SkipReason };

export interface Judgement {
  /** The site's life; undefined when the site itself is gone or going. */
  life: number | undefined;
  fates: Map<PathItem, Fate>;
}

/** What stands in the way of each of a site's archived paths. Read strongly; the writer makes sure of it again. */
export async function judgePaths(
  context: StoreContext,
  siteId: string,
  paths: PathItem[],
): Promise<Judgement> {
  const keys = new Map([siteKey(siteId), ...paths.flatMap(keysOf)].map(key => [textOf(key), key]));
  const found = await getItems(context, [...keys.values()]);
  const items = new Map(found.map(item => [textOf(item as unknown as ItemKey), item]));
  const find = (key: ItemKey) => items.get(textOf(key));
  return {
    life: lifeOf(find(siteKey(siteId))),
    fates: new Map(paths.map(path => [path, judge(path, peerOf(path, siteId), find)])),
  };
}

const textOf = ({ pk, sk }: ItemKey): string => `${pk} ${sk}`;

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
  const site = item as SiteItem | undefined;
  return site === undefined || site.status === SITE_STATUS.deleting ? undefined : site.life;
}

function judge(path: PathItem, peer: string, find: (key: ItemKey) => Item | undefined): Fate {
  const peer_life = lifeOf(find(siteKey(peer)));
  if (peer_life === undefined) return { restore: false, reason: 'PEER_GONE' };
  const whole = endpointKeys(path).every(key => (find(key) as EndpointItem | undefined)?.status === 'ACTIVE');
  return whole ? { restore: true, peer_life } : { restore: false, reason: 'ENDPOINT_GONE' };
}

import { expect } from 'vitest';
import { type ArchiveChunk, chunkPaths } from '../../core/inventory/archive/archive-chunk.ts';
import { endpointKey, pathKey, siteKey } from '../../core/inventory/model/inventory-keys.ts';
import type { EndpointItem, PathItem, SiteItem } from '../../core/inventory/model/site-items.ts';
import type { Item, ItemKey } from '../../core/storage/item.ts';

type Items = Map<string, Item>;

const textOf = ({ pk, sk }: ItemKey) => `${pk} ${sk}`;

const ofKind = <T>(items: Items, pk: string, sk: string): T[] =>
  [...items.values()].filter(
    item => (item.pk as string).startsWith(pk) && (item.sk as string).startsWith(sk),
  ) as unknown as T[];

export const sitesIn = (items: Items) => ofKind<SiteItem>(items, 'SITE#', 'META');

/** The invariants of the inventory while no operation is running. */
export function expectSoundInventory(items: Items): void {
  const problems: string[] = [];
  const sites = sitesIn(items);
  for (const { id, status, operation_id, removing_endpoint } of sites) {
    if (status !== 'ACTIVE' || operation_id || removing_endpoint) problems.push(`site ${id} is held`);
  }
  const listed = ofKind<{ site_id: string }>(items, 'SITES', '').map(({ site_id }) => site_id);
  expect(listed.sort()).toEqual(sites.map(({ id }) => id).sort());
  for (const { site_id, id, status } of ofKind<EndpointItem>(items, 'SITE#', 'ENDPOINT#')) {
    if (!items.has(textOf(siteKey(site_id)))) problems.push(`endpoint ${id} of ${site_id} has no site`);
    if (status !== 'ACTIVE') problems.push(`endpoint ${id} of ${site_id} is held`);
  }
  for (const path of ofKind<PathItem>(items, 'SITE#', 'PATH#')) {
    const needed = [
      pathKey(path.source_site_id, path.id),
      pathKey(path.destination_site_id, path.id),
      siteKey(path.source_site_id),
      siteKey(path.destination_site_id),
      endpointKey(path.source_site_id, path.source_endpoint_id),
      endpointKey(path.destination_site_id, path.destination_endpoint_id),
    ];
    const missing = needed.map(textOf).filter(key => !items.has(key));
    if (missing.length > 0) problems.push(`path ${path.id} lacks ${missing.join(', ')}`);
  }
  expect(ofKind(items, 'DELETION', '')).toEqual([]);
  expect(problems).toEqual([]);
}

/** The number of places of each path: a pair of copies in the inventory, or an archive. */
export function pathPlaces(items: Items): Map<string, number> {
  const places = new Map<string, number>();
  const add = (id: string, places_: number) => places.set(id, (places.get(id) ?? 0) + places_);
  for (const { id } of ofKind<PathItem>(items, 'SITE#', 'PATH#')) add(id, 0.5);
  for (const chunk of ofKind<ArchiveChunk>(items, 'ARCHIVE#', 'CHUNK#')) {
    for (const { id } of chunkPaths(chunk)) add(id, 1);
  }
  return places;
}

export const pathsIn = (items: Items): Set<string> =>
  new Set(ofKind<PathItem>(items, 'SITE#', 'PATH#').map(({ id }) => id));

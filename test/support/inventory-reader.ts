import { expect } from 'vitest';
import { NotFound } from '../../core/errors.ts';
import { peerOf } from '../../core/inventory/model/site.ts';
import { listPaths } from '../../core/inventory/paths/read-paths.ts';
import { listSites } from '../../core/inventory/sites/list-sites.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import { type Operation, pathsTaken, type World } from './inventory-world.ts';

/**
 * Reads the sites with their endpoints and the paths of each; fails on half of a site, or on some
 * but not all of the paths between two sites, except those that one of the operations removes.
 */
export async function expectToSeeNoHalves(
  context: StoreContext,
  world: World,
  operations: Operation[],
): Promise<void> {
  await expectWholeSites(context, world, operations);
  for (const id of world.ids) await expectWholePaths(context, world, { id, operations });
}

async function expectWholeSites(
  context: StoreContext,
  { ids }: World,
  operations: Operation[],
): Promise<void> {
  const { items } = await listSites(context, { limit: 10, with_endpoints: true });
  for (const { id, status, endpoints } of items) {
    const loses = operations.some(each => each.name === 'removeEndpoint' && ids[each.site] === id);
    expect(status).toBe('ACTIVE');
    expect(endpoints.map(endpoint => endpoint.id)).toEqual(
      expect.arrayContaining(loses ? ['wan1'] : ['wan1', 'wan2']),
    );
  }
}

async function expectWholePaths(
  context: StoreContext,
  world: World,
  { id, operations }: { id: string; operations: Operation[] },
): Promise<void> {
  const list = await listPaths(context, { site_id: id, limit: 100 }).catch((cause: unknown) => {
    if (!(cause instanceof NotFound)) throw cause;
  });
  if (!list) return;
  const seen = new Set(list.items.map(path => path.id));
  const taken = pathsTaken(world, operations);
  const own = world.paths.filter(
    path => !taken.has(path.id) && [path.source_site_id, path.destination_site_id].includes(id),
  );
  for (const all of Map.groupBy(own, path => peerOf(path, id)).values()) {
    expect([0, all.length]).toContain(all.filter(path => seen.has(path.id)).length);
  }
}

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createPath } from '../../../core/inventory/paths/create-path.ts';
import { addEndpoint } from '../../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../../core/inventory/sites/create-site.ts';
import { countPathsByStatus } from '../../../core/routing/network/find-paths.ts';
import { readNetworkPicture } from '../../../core/routing/network/network-picture.ts';
import { actor, measured, routingFunction, routingWorld } from '../../support/routing-world.ts';
import { createTables, NO_SUCH_TABLE, type TestTables } from '../../support/tables.ts';

let db: TestTables;
let world: Awaited<ReturnType<typeof routingWorld>>;

beforeAll(async () => {
  db = await createTables();
  world = await routingWorld(db);
});
afterAll(() => db.drop());
beforeEach(() => world.time.advance(60_000));

it.each([
  [{ sites: 2, paths: 2 }, undefined],
  [
    { sites: 1, paths: 2 },
    'This network has more than 1 sites or 2 paths, too many for one query: ask for one site with site_id.',
  ],
  [
    { sites: 2, paths: 1 },
    'This network has more than 2 sites or 1 paths, too many for one query: ask for one site with site_id.',
  ],
])('rejects a network larger than %j', async (limits, refused) => {
  const { context, caches } = routingFunction(db, world.time);
  const answer = readNetworkPicture(context, caches, limits).then(
    ({ paths }) => paths.length,
    error => error.message,
  );
  expect(await answer).toBe(refused ?? 2);
});

it('counts paths by status, from the stored and cached metrics of ingest', async () => {
  const { context, caches, monitor, time, fast } = world;
  await monitor.observe(context, [measured(time, fast, 20)]);
  const other = routingFunction(db, time);
  for (const one of [caches, other.caches]) {
    expect(await countPathsByStatus(context, one)).toEqual([
      { status: 'UNKNOWN', count: 1 },
      { status: 'OPTIMAL', count: 1 },
    ]);
  }
});

it('works without the Cache table, with a read each time', async () => {
  const { time } = world;
  const broken = { ...db, tables: { ...db.tables, cache: NO_SUCH_TABLE } };
  const { context, caches } = routingFunction(broken, time);
  const ids = async () => (await readNetworkPicture(context, caches)).paths.map(({ id }) => id).toSorted();
  const before = await ids();
  await time.advance(1000);
  expect(await ids()).toEqual(before);
  const site = await createSite(world.context, actor, { name: 'C' });
  const wan = { endpoint_id: 'wan1', address: '192.0.2.9', interface_type: 'FIBER' };
  await addEndpoint(world.context, actor, { site_id: site.id, ...wan });
  const { id } = await createPath(world.context, actor, {
    source_site_id: site.id,
    source_endpoint_id: 'wan1',
    destination_site_id: world.a.id,
    destination_endpoint_id: 'wan1',
  });
  expect(await ids()).toEqual([...before, id].toSorted());
});

import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { waitingPartition } from '../../../core/inventory/model/inventory-keys.ts';
import { newPathId } from '../../../core/inventory/model/path-id.ts';
import type { Path } from '../../../core/inventory/model/site.ts';
import { pathItem } from '../../../core/inventory/model/site-items.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { finishDeletions } from '../../../core/inventory/removal/finish-deletions.ts';
import { removeEndpoint } from '../../../core/inventory/removal/remove-endpoint.ts';
import { batchPut } from '../../../core/storage/batch-write.ts';
import type { Item, ItemKey } from '../../../core/storage/item.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { queryAll } from '../../../core/storage/strong-reads.ts';
import { pathPlaces, pathsIn } from '../../support/inventory-check.ts';
import { admin, dump, type Hub, makeHub } from '../../support/network-bed.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { useNetwork, withNetwork } from '../../support/use-network.ts';

/** A path that becomes readable only now, as if its creation had just won against the claim. */
async function putLate(
  { client, tables, sleep }: StoreContext,
  { hub, peers, paths }: Hub,
  life = 1,
): Promise<Path> {
  const path = { ...paths[0]!, id: newPathId(hub.id), source_site_id: hub.id, source_endpoint_id: 'wan1' };
  const late = { ...path, destination_site_id: peers[0]!.id, destination_endpoint_id: 'wan1' };
  const item = { ...late, rev: 'late', source_life: life, destination_life: 1 };
  const items = [pathItem(item, hub.id), pathItem(item, peers[0]!.id)];
  await batchPut(items, { client, table: tables.network, sleep });
  return late;
}

describe('a path that appears after the end of an operation', () => {
  const network = useNetwork();

  it('goes into the archive of the deletion, and comes back with the site', async () => {
    const { bed } = network;
    const world = await makeHub(bed.context, { paths: 1 });
    await deleteSite(bed.context, admin, { site_id: world.hub.id });
    const late = await putLate(bed.context, world);
    const ofLaterLife = await putLate(bed.context, world, 2);
    bed.advance(61_000);
    expect(
      await asFunction('cleanup', () => finishDeletions(bed.context, { until: Infinity })),
    ).toMatchObject({ removed: 1 });
    const items = await dump(bed.context);
    expect(pathsIn(items)).not.toContain(late.id);
    expect(pathPlaces(items).get(late.id)).toBe(1);
    expect(pathsIn(items)).toContain(ofLaterLife.id);
    await restoreSite(bed.context, admin, { site_id: world.hub.id });
    expect(pathsIn(await dump(bed.context))).toContain(late.id);
  });

  it('goes into the archive of its endpoint', async () => {
    const { bed } = network;
    // The last path ends at the other endpoint.
    const world = await makeHub(bed.context, { paths: 4 });
    await removeEndpoint(bed.context, admin, { site_id: world.hub.id, endpoint_id: 'wan1' });
    const late = await putLate(bed.context, world);
    bed.advance(61_000);
    await asFunction('cleanup', () => finishDeletions(bed.context, { until: Infinity }));
    const items = await dump(bed.context);
    expect(pathPlaces(items).get(late.id)).toBe(1);
    expect(pathsIn(items)).not.toContain(late.id);
    expect(pathsIn(items)).toContain(world.paths.at(-1)!.id);
  });

  it('is restored by the clean-up if its note becomes visible after the restore of the site', async () => {
    const { bed } = network;
    const { context } = bed;
    const { hub, peers, paths } = await makeHub(context, { paths: 3, peers: 1 });
    const [site_id, peer_id] = [hub.id, peers[0]!.id];
    await deleteSite(context, admin, { site_id });
    await deleteSite(context, admin, { site_id: peer_id });
    bed.advance(1000);
    await restoreSite(context, admin, { site_id });
    const [note] = (await queryAll(context, { pk: waitingPartition(peer_id) })) as [Item & ItemKey];
    const { pk, sk } = note;
    const TableName = context.tables.network;
    await context.client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
    await restoreSite(context, admin, { site_id: peer_id });
    const there = async () => {
      const found = pathsIn(await dump(context));
      return paths.filter(({ id }) => found.has(id)).length;
    };
    expect(await there()).toBe(0);
    await context.client.send(new PutCommand({ TableName, Item: note }));
    bed.advance(60_000);
    await asFunction('cleanup', () => finishDeletions(context, { until: Infinity }));
    expect(await there()).toBe(3);
  });
});

it('the entry of an operation is removed a minute after its end, not before', async () => {
  await withNetwork(async bed => {
    const { hub } = await makeHub(bed.context, { paths: 0 });
    await deleteSite(bed.context, admin, { site_id: hub.id });
    const cleanUp = () => finishDeletions(bed.context, { until: Infinity });
    bed.advance(59_999);
    expect(await cleanUp()).toEqual({ finished: 0, running: 0, removed: 0 });
    bed.advance(1);
    expect(await cleanUp()).toEqual({ finished: 0, running: 0, removed: 1 });
  });
});

import { describe, expect, it } from 'vitest';
import { NotFound } from '../../../core/errors.ts';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { createPath } from '../../../core/inventory/paths/create-path.ts';
import { readPath } from '../../../core/inventory/paths/read-paths.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { addEndpoint } from '../../../core/inventory/sites/add-endpoint.ts';
import { listDeletedSites } from '../../../core/inventory/sites/deleted-sites.ts';
import { listSites } from '../../../core/inventory/sites/list-sites.ts';
import { readSite } from '../../../core/inventory/sites/read-site.ts';
import { countSitePaths } from '../../../core/inventory/sites/site-paths.ts';
import { admin, auditOf, dump, inventoryOf, makeHub, newSite } from '../../support/network-bed.ts';
import { useNetwork } from '../../support/use-network.ts';

describe('deleting and restoring a site', () => {
  const network = useNetwork();

  it('removes endpoints and paths on both sides, and restores them', async () => {
    const { bed } = network;
    const { context } = bed;
    const [a, b] = [await newSite(context, 'A'), await newSite(context, 'B')];
    for (const { id } of [a, b]) {
      await addEndpoint(context, admin, { site_id: id, address: '192.0.2.1', interface_type: 'FIBER' });
    }
    const path = await createPath(context, admin, {
      source_site_id: a.id,
      source_endpoint_id: 'wan1',
      destination_site_id: b.id,
      destination_endpoint_id: 'wan1',
    });
    const before = inventoryOf(await dump(context));
    const deleted = await deleteSite(context, admin, { site_id: b.id });
    expect(deleted.message).toBe(
      'Site B was deleted with 1 endpoint and 1 path. It can be restored until 2026-03-02T12:00:00.000Z.',
    );
    expect(await readSite(context, b.id)).toBeUndefined();
    await expect(readPath(context, path.id)).rejects.toThrow(NotFound);
    expect(await countSitePaths(context, a.id)).toBe(0);
    expect((await listSites(context, { limit: 10 })).items.map(site => site.id)).toEqual([a.id]);
    expect((await listDeletedSites(context, { limit: 10 })).items).toMatchObject([
      { site_id: b.id, name: 'B', endpoints: 1, paths: 1, audit_id: deleted.audit_id, deleted_by: admin },
    ]);
    bed.advance(1000);
    const restored = await restoreSite(context, admin, { site_id: b.id });
    expect(restored).toMatchObject({
      message: 'Site B is back with 1 endpoint and 1 path.',
      skipped: [],
      finished: true,
    });
    expect(inventoryOf(await dump(context))).toEqual(before);
    expect(await readPath(context, path.id)).toEqual(path);
    expect(await countSitePaths(context, a.id)).toBe(1);
    expect((await listDeletedSites(context, { limit: 10 })).items).toEqual([]);
  });

  it.each([0, 1, 44, 45, 300])('works for %i paths', async paths => {
    const { bed } = network;
    const { context } = bed;
    const { hub } = await makeHub(context, { paths });
    const before = inventoryOf(await dump(context));
    await deleteSite(context, admin, { site_id: hub.id });
    const gone = await dump(context);
    expect([...gone.keys()].filter(key => key.startsWith(`SITE#${hub.id}`))).toEqual([]);
    expect(
      [...gone.values()].filter(item => [item.source_site_id, item.destination_site_id].includes(hub.id)),
    ).toEqual([]);
    expect(auditOf(gone, 'deleteSite').filter(entry => entry.target === `site:${hub.id}`)).toHaveLength(1);
    bed.advance(1000);
    expect(await restoreSite(context, admin, { site_id: hub.id })).toMatchObject({
      finished: true,
      skipped: [],
    });
    expect(inventoryOf(await dump(context))).toEqual(before);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { judgePaths, type RestoredEndpoint } from '../../../core/inventory/archive/path-fates.ts';
import { SITE_STATUS, type SiteStatus } from '../../../core/inventory/model/site.ts';
import { endpointItem, type PathItem, siteItem } from '../../../core/inventory/model/site-items.ts';
import type { Item, ItemKey } from '../../../core/storage/item.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const SINCE = '2026-01-01T00:00:00.000Z';

const PATH: PathItem = {
  ...{ id: 'p', source_site_id: 'hub', source_endpoint_id: 'wan1', source_life: 1, rev: 'r' },
  ...{ destination_site_id: 'peer', destination_endpoint_id: 'wan2', destination_life: 1 },
  ...{ wg_interface: null, created_at: SINCE },
};

describe('an archived path during the restore of its site', () => {
  let database: FakeDynamoDb;

  beforeEach(() => {
    database = new FakeDynamoDb();
    putSite('hub', SITE_STATUS.restoring, 2);
    putEndpoint('hub', 'wan1');
    putSite('peer', SITE_STATUS.active, 5);
    putEndpoint('peer', 'wan2');
  });

  function put(item: Item & ItemKey): void {
    database.items.set(`${item.pk}\u0000${item.sk}`, item);
  }

  function putSite(id: string, status: SiteStatus, life: number): void {
    const place = { location: null, latitude: null, longitude: null, public_key: null };
    const times = { created_at: SINCE, updated_at: SINCE };
    put(siteItem({ id, name: id, ...place, status, ...times, version: 1, life, seq: 1 }));
  }

  function putEndpoint(site_id: string, id: string, removal_id?: string): void {
    const shape = { address: '192.0.2.1', interface_type: 'FIBER', cost_per_gb: 0, reachable: null } as const;
    const times = { created_at: SINCE, updated_at: SINCE };
    const status =
      removal_id === undefined ? { status: 'ACTIVE' as const } : { status: 'REMOVING' as const, removal_id };
    put(endpointItem({ site_id, id, ...shape, ...times, ...status }));
  }

  async function judged(restoring?: RestoredEndpoint) {
    const context = storeContext({ client: database.client, tables: TABLES }, () => 0);
    const { life, fates } = await judgePaths(context, 'hub', [PATH], restoring);
    return { life, fate: fates.get(PATH) };
  }

  it('is restored if its peer and both endpoints exist', async () => {
    expect(await judged()).toEqual({ life: 2, fate: { restore: true, peer_life: 5 } });
  });

  it.each([
    ['hub', 'wan1'],
    ['peer', 'wan2'],
  ])('stays in the archive while the endpoint of the %s is being removed', async (site_id, id) => {
    putEndpoint(site_id, id, 'a removal');
    expect(await judged()).toEqual({ life: 2, fate: { restore: false, reason: 'ENDPOINT_GONE' } });
  });

  it('waits for its peer if the peer is being deleted', async () => {
    putSite('peer', SITE_STATUS.deleting, 5);
    expect(await judged()).toEqual({ life: 2, fate: { restore: false, reason: 'PEER_GONE' } });
  });

  it('belongs to no life of the site if the site is being deleted', async () => {
    putSite('hub', SITE_STATUS.deleting, 2);
    expect((await judged()).life).toBeUndefined();
  });

  it('is restored with its endpoint only by the operation that holds the endpoint', async () => {
    putEndpoint('hub', 'wan1', 'a restore');
    const restoring = { endpoint_id: 'wan1', operation_id: 'a restore' };
    expect(await judged(restoring)).toEqual({ life: 2, fate: { restore: true, peer_life: 5 } });
    expect(await judged({ ...restoring, operation_id: 'another' })).toEqual({
      life: undefined,
      fate: { restore: false, reason: 'ENDPOINT_GONE' },
    });
  });
});

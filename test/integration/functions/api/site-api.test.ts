import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const NOWHERE = '00000000-0000-4000-8000-000000000000';
const UUID_RULE = 'must be a UUID such as 550e8400-e29b-41d4-a716-446655440000.';
const ADDRESS_RULE =
  'address must be an IPv4 address, an IPv6 address or a host name, with or without a port.';
const NAME_RULE = 'name must be 1 to 100 characters on one line, without control characters.';

let db: TestTables;
let api: ApiUnderTest;
let berlin: string;
let bonn: string;

beforeAll(async () => {
  db = await createTables();
  api = makeApi(db);
  berlin = (await api.data('Mutation.createSite', { name: 'Berlin', location: 'Tiergarten' })).id;
  api.now += 1000;
  bonn = (await api.data('Mutation.createSite', { name: 'Bonn' })).id;
  for (const site_id of [berlin, bonn]) await api.data('Mutation.addEndpoint', endpoint(site_id));
});
afterAll(() => db.drop());

const endpoint = (site_id: string) => ({ site_id, address: '192.0.2.1:51820', interface_type: 'FIBER' });
const path = () => ({
  source_site_id: berlin,
  source_endpoint_id: 'wan1',
  destination_site_id: bonn,
  destination_endpoint_id: 'wan1',
});
const audit = async (filter: object) => (await api.data('Query.auditLog', filter)).items;

describe('the API of sites', () => {
  it('lists them in the order of creation, by page and by search, with their endpoints', async () => {
    const first = await api.data('Query.sites', { limit: 1 });
    expect(first.items).toEqual([
      {
        id: berlin,
        name: 'Berlin',
        location: 'Tiergarten',
        latitude: null,
        longitude: null,
        public_key: null,
        status: 'ACTIVE',
        endpoints: [
          {
            site_id: berlin,
            id: 'wan1',
            address: '192.0.2.1:51820',
            interface_type: 'FIBER',
            cost_per_gb: 0,
            reachable: null,
            created_at: expect.any(String),
            updated_at: expect.any(String),
          },
        ],
        created_at: '2026-03-15T12:00:00.000Z',
        updated_at: expect.any(String),
        last_seen: null,
        rate: null,
        path_count: 0,
        worst_status: null,
      },
    ]);
    const second = await api.data('Query.sites', { limit: 1, next_token: first.next_token });
    expect(second).toMatchObject({ items: [{ id: bonn }], next_token: null });
    for (const [search, found] of [
      ['TIER', [berlin]],
      ['bo', [bonn]],
      ['xyz', []],
    ] as const) {
      const { items } = await api.data('Query.sites', { search });
      expect(items.map((site: { id: string }) => site.id)).toEqual(found);
    }
    expect(await api.data('Query.siteCount')).toBe(2);
  });

  it('returns up to 1,000 on a page, unless a field needs a read for each site', async () => {
    const selection = ['items', 'items/id', 'items/name'];
    const { items } = await api.data('Query.sites', { limit: 1000 }, { selection });
    expect(items.map(({ name }: { name: string }) => name)).toEqual(['Berlin', 'Bonn']);
    for (const more of ['endpoints', 'last_seen', 'rate', 'path_count', 'worst_status']) {
      const asked = { selection: [...selection, `items/${more}`] };
      expect(await api.call('Query.sites', { limit: 101 }, asked)).toEqual({
        error: {
          type: 'ValidationError',
          message:
            'limit may be above 100 only if none of endpoints, last_seen, rate, path_count and worst_status are selected, because they are read site by site: select fewer fields, or lower the limit.',
        },
      });
    }
    expect(await api.call('Query.sites', { limit: 1001 }, { selection })).toEqual({
      error: { type: 'ValidationError', message: 'limit must be a whole number from 1 to 1000.' },
    });
  });

  it('keeps its place in the list after a new name', async () => {
    await api.data('Mutation.updateSite', { site_id: berlin, name: 'Zossen', location: null });
    const { items } = await api.data('Query.sites', {});
    expect(items).toMatchObject([{ name: 'Zossen', location: null }, { name: 'Bonn' }]);
    expect(await api.data('Mutation.updateSite', { site_id: berlin, location: 'Mitte' })).toMatchObject({
      location: 'Mitte',
    });
    // A removal alone is a change too.
    expect(await api.data('Mutation.updateSite', { site_id: berlin, location: null })).toMatchObject({
      location: null,
    });
    await api.data('Mutation.updateSite', { site_id: berlin, name: 'Berlin', location: 'Tiergarten' });
  });

  it('shows a path at both its ends and counts it', async () => {
    const { id } = await api.data('Mutation.createPath', path());
    for (const site_id of [berlin, bonn]) {
      expect((await api.data('Query.paths', { site_id })).items).toMatchObject([{ id, ...path() }]);
      expect(await api.data('Query.countSitePaths', { site_id })).toBe(1);
    }
    expect(await api.data('Query.siteDeletionPreview', { site_id: berlin })).toEqual({
      endpoints: 1,
      paths: 1,
      peer_sites: 1,
      peer_site_ids: [bonn],
      policies: ['default'],
      traffic_24h: null,
    });
    const gone = await api.data('Mutation.deletePath', { path_id: id });
    expect(gone).toMatchObject({ success: true, message: `Path ${id} was deleted.` });
    expect(await api.data('Query.countSitePaths', { site_id: bonn })).toBe(0);
  });

  it('removes an endpoint with its paths permanently', async () => {
    await api.data('Mutation.addEndpoint', { ...endpoint(bonn), address: '192.0.2.2', endpoint_id: 'lte' });
    await api.data('Mutation.createPath', { ...path(), destination_endpoint_id: 'lte' });
    const removed = await api.data('Mutation.removeEndpoint', { site_id: bonn, endpoint_id: 'lte' });
    expect(removed).toMatchObject({ success: true, message: 'Endpoint lte was removed with 1 path.' });
    expect(await api.data('Query.countSitePaths', { site_id: berlin })).toBe(0);
    const site = await api.data('Query.site', { id: bonn });
    expect(site.endpoints.map(({ id }: { id: string }) => id)).toEqual(['wan1']);
    expect(await audit({ action: 'removeEndpoint' })).toMatchObject([
      { id: removed.audit_id, target: `endpoint:${bonn}/lte`, outcome: 'DONE' },
    ]);
  });

  it('deletes and restores, with the author in the audit log', async () => {
    const { id } = await api.data('Mutation.createPath', path());
    api.now += 1000;
    const deleted = await api.data('Mutation.deleteSite', { site_id: bonn });
    expect(deleted).toEqual({
      success: true,
      message:
        'Site Bonn was deleted with 1 endpoint and 1 path. It can be restored until 2026-04-14T12:00:02.000Z.',
      audit_id: expect.any(String),
      site_id: bonn,
      finished: true,
      error_type: null,
    });
    expect(await api.data('Query.site', { id: bonn })).toBeNull();
    expect(await audit({ target: `site:${bonn}`, action: 'deleteSite' })).toMatchObject([
      {
        id: deleted.audit_id,
        actor: { email: 'admin@example.com', source_ip: '192.0.2.1' },
        outcome: 'DONE',
      },
    ]);
    const { items } = await api.data('Query.deletedSites');
    expect(items).toMatchObject([{ site_id: bonn, audit_id: deleted.audit_id, endpoints: 1, paths: 1 }]);
    expect(await api.call('Mutation.deleteSite', { site_id: bonn })).toEqual({
      error: {
        type: 'Conflict',
        message: `Site ${bonn} is being deleted. When that is done, restoreSite can bring it back.`,
      },
    });
    api.now += 1000;
    expect(await api.call('Mutation.deleteSite', { site_id: bonn })).toEqual({
      error: {
        type: 'NotFound',
        message: `Site ${bonn} was deleted on 2026-03-15T12:00:02.000Z; restoreSite can bring it back until 2026-04-14T12:00:02.000Z.`,
      },
    });
    const restored = await api.data('Mutation.restoreSite', { site_id: bonn });
    expect(restored).toMatchObject({ success: true, skipped_paths: [], finished: true });
    expect((await api.data('Query.paths', { site_id: bonn })).items).toMatchObject([{ id }]);
    api.now += 1000;
    expect(await api.data('Mutation.restoreSite', { site_id: bonn })).toMatchObject({
      success: true,
      audit_id: restored.audit_id,
    });
    await api.data('Mutation.deletePath', { path_id: id });
  });

  it('flags the edges of a deleted site, which still count', async () => {
    const { id } = await api.data('Mutation.createSite', { name: 'Closing' });
    const edge = await api.data('Mutation.registerEdge', { id: 'edge-closing', site_id: id });
    expect(edge).toMatchObject({ site_id: id, site_known: true });
    const traffic = async () =>
      (await db.client.send(new ScanCommand({ TableName: db.tables.traffic }))).Items;
    const before = await traffic();
    await api.data('Mutation.deleteSite', { site_id: id });
    expect(await api.data('Query.edge', { id: 'edge-closing' })).toMatchObject({
      site_id: id,
      site_known: false,
      registered: true,
    });
    expect(await traffic()).toEqual(before);
  });

  it('deletes a batch, each site separately', async () => {
    const { id } = await api.data('Mutation.createSite', { name: 'Short-lived' });
    const results = await api.data('Mutation.deleteSites', { site_ids: [NOWHERE, id] });
    expect(results).toMatchObject([
      {
        success: false,
        message: `There is no site "${NOWHERE}": the query sites lists those that exist.`,
        error_type: 'NotFound',
        site_id: NOWHERE,
      },
      { success: true, site_id: id, error_type: null },
    ]);
    expect(await audit({ target: `site:${NOWHERE}`, action: 'deleteSites' })).toMatchObject([
      { id: results[0].audit_id, outcome: 'REFUSED', error_type: 'NotFound' },
    ]);
  });
});

describe('refused requests', () => {
  const b = () => berlin;
  it.each([
    ['deleteSite', () => ({ site_id: 'Berlin' }), 'ValidationError', `site_id ${UUID_RULE}`],
    [
      'deleteSite',
      () => ({ site_id: NOWHERE }),
      'NotFound',
      `There is no site "${NOWHERE}": the query sites lists those that exist.`,
    ],
    [
      'restoreSite',
      () => ({ site_id: NOWHERE }),
      'NotFound',
      `There is no deleted site ${NOWHERE}. deletedSites lists those that can be restored.`,
    ],
    ['restoreSite', () => ({ site_id: b() }), 'Conflict', /^Site .* is not deleted\.$/],
    [
      'deleteSites',
      () => ({ site_ids: [] }),
      'ValidationError',
      'site_ids must be a list of 1 to 50 site ids.',
    ],
    [
      'deleteSites',
      () => ({ site_ids: Array.from({ length: 51 }, () => crypto.randomUUID()) }),
      'ValidationError',
      'site_ids must be a list of 1 to 50 site ids.',
    ],
    [
      'deleteSites',
      () => ({ site_ids: [b(), b().toUpperCase()] }),
      'ValidationError',
      'site_ids must name each site once.',
    ],
    ['createSite', () => ({ name: '' }), 'ValidationError', NAME_RULE],
    ['createSite', () => ({ name: 'x'.repeat(101) }), 'ValidationError', NAME_RULE],
    ['createSite', () => ({ name: 'tab\there' }), 'ValidationError', NAME_RULE],
    [
      'createSite',
      () => ({ name: 'a', public_key: 'key' }),
      'ValidationError',
      'public_key must be a WireGuard public key: base64 of 32 bytes.',
    ],
    [
      'updateSite',
      () => ({ site_id: b() }),
      'ValidationError',
      'Give at least one of name, location, latitude with longitude, and public_key to change.',
    ],
    ['addEndpoint', () => ({ ...endpoint(b()), address: '300.1.1.1' }), 'ValidationError', ADDRESS_RULE],
    ['addEndpoint', () => ({ ...endpoint(b()), address: '-host' }), 'ValidationError', ADDRESS_RULE],
    [
      'addEndpoint',
      () => ({ ...endpoint(b()), endpoint_id: 'wan1' }),
      'Conflict',
      /^Site .* already has an endpoint wan1\. Choose another endpoint_id\.$/,
    ],
    [
      'addEndpoint',
      () => ({ ...endpoint(b()), cost_per_gb: -1 }),
      'ValidationError',
      'cost_per_gb must be an amount from 0 to 1000000 with at most nine decimals.',
    ],
    [
      'removeEndpoint',
      () => ({ site_id: b(), endpoint_id: 'wan9' }),
      'NotFound',
      /^Site ".*" has no endpoint "wan9": the query site lists its endpoints\.$/,
    ],
    [
      'createPath',
      () => ({ ...path(), destination_site_id: b() }),
      'ValidationError',
      'A path leads from one site to another: source_site_id and destination_site_id must differ.',
    ],
    [
      'createPath',
      () => ({ ...path(), destination_endpoint_id: 'wan9' }),
      'NotFound',
      /^Site ".*" has no endpoint "wan9":/,
    ],
    [
      'createPath',
      () => ({ ...path(), destination_site_id: NOWHERE }),
      'NotFound',
      `There is no site "${NOWHERE}": the query sites lists those that exist.`,
    ],
    [
      'deletePath',
      () => ({ path_id: 'p-1' }),
      'ValidationError',
      'path_id must be the id of a path, as the list of paths shows it.',
    ],
  ] as const)('%s %#', async (operation, args, type, message) => {
    // Each is the first refusal of its minute.
    api.now += 60_000;
    const before = await api.data('Query.sites', {});
    const refused = await audit({ action: operation });
    expect(await api.call(`Mutation.${operation}`, args())).toEqual({
      error: { type, message: typeof message === 'string' ? message : expect.stringMatching(message) },
    });
    expect(await api.data('Query.sites', {})).toEqual(before);
    const now = await audit({ action: operation });
    expect(now).toHaveLength(refused.length + 1);
    expect(now[0]).toMatchObject({ outcome: 'REFUSED', error_type: type });
  });

  it("include an operator's deletion of a site, and no other change by an operator", async () => {
    const identity = personIn('operator');
    await api.data('Mutation.updateSite', { site_id: berlin, location: 'Mitte' }, { identity });
    expect(await api.call('Mutation.deleteSite', { site_id: berlin }, { identity })).toMatchObject({
      error: { type: 'Unauthorized' },
    });
  });

  it('include a token that the list did not return', async () => {
    expect(await api.call('Query.sites', { next_token: 'x' })).toMatchObject({
      error: { type: 'ValidationError' },
    });
    expect(await api.call('Query.paths', { site_id: NOWHERE })).toMatchObject({
      error: { type: 'NotFound' },
    });
  });
});

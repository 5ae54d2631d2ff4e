import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryKey, siteKey } from '../../../core/inventory/model/inventory-keys.ts';
import { type ApiUnderTest, makeApi } from '../../support/api.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const BERLIN = { latitude: 52.52, longitude: 13.405 };
const EUROPE = { south: 35, west: -10, north: 60, east: 30 };

describe('the coordinates of sites', () => {
  let db: TestTables;
  let api: ApiUnderTest;

  beforeAll(async () => {
    db = await createTables();
    api = makeApi(db);
    for (const [name, place] of Object.entries({
      Berlin: BERLIN,
      Nowhere: {},
      Suva: { latitude: -18.1, longitude: 178.4 },
      Lisbon: { latitude: 38.7, longitude: -9.1 },
      Apia: { latitude: -13.8, longitude: -171.8 },
    })) {
      api.now += 1000;
      await api.data('Mutation.createSite', { name, ...place });
    }
  });
  afterAll(() => db.drop());

  const namesIn = async (query: object) =>
    (await api.data('Query.sites', query)).items.map(({ name }: { name: string }) => name);
  const siteNamed = async (search: string) => (await api.data('Query.sites', { search })).items[0];

  it('select a part of the map, in pages, with or without a name', async () => {
    expect(await namesIn({ within: EUROPE })).toEqual(['Berlin', 'Lisbon']);
    expect(await namesIn({ within: EUROPE, search: 'lis' })).toEqual(['Lisbon']);
    const first = await api.data('Query.sites', { within: EUROPE, limit: 1 });
    expect(await namesIn({ within: EUROPE, limit: 1, next_token: first.next_token })).toEqual(['Lisbon']);
    expect(await namesIn({ within: { south: -50, west: 170, north: 0, east: -170 } })).toEqual([
      'Suva',
      'Apia',
    ]);
  });

  it('are changed together, removed, and restored by undo', async () => {
    const { id } = await siteNamed('Lisbon');
    await api.data('Mutation.updateSite', { site_id: id, latitude: 41.1, longitude: -8.6 });
    expect(await api.data('Query.site', { id })).toMatchObject({ latitude: 41.1, longitude: -8.6 });
    api.now += 1000;
    await api.data('Mutation.updateSite', { site_id: id, latitude: null, longitude: null });
    expect(await namesIn({ within: EUROPE })).toEqual(['Berlin']);
    const { items } = await api.data('Query.auditLog', { target: `site:${id}`, limit: 1 });
    await api.data('Mutation.undo', { audit_id: items[0].id });
    expect(await api.data('Query.site', { id })).toMatchObject({ latitude: 41.1, longitude: -8.6 });
    expect(await namesIn({ within: EUROPE })).toEqual(['Berlin', 'Lisbon']);
  });

  it('are null for a site of the last release, which is in no region', async () => {
    const { id, created_at } = await siteNamed('Berlin');
    for (const Key of [siteKey(id), directoryKey(created_at, id)]) {
      const UpdateExpression = 'REMOVE latitude, longitude';
      await db.client.send(new UpdateCommand({ TableName: db.tables.network, Key, UpdateExpression }));
    }
    expect(await api.data('Query.site', { id })).toMatchObject({ latitude: null, longitude: null });
    expect(await namesIn({ within: EUROPE })).toEqual(['Lisbon']);
    await api.data('Mutation.updateSite', { site_id: id, ...BERLIN });
  });

  it.each([
    [{ latitude: 91, longitude: 0 }, 'latitude must be a number of degrees from -90 to 90.'],
    [{ latitude: 0, longitude: -181 }, 'longitude must be a number of degrees from -180 to 180.'],
    [{ latitude: 1 }, 'Give latitude and longitude together, or neither.'],
    [{ latitude: 1, longitude: null }, 'Give latitude and longitude together, or neither.'],
  ])('are rejected as %j', async (place, message) => {
    const expected = { error: { type: 'ValidationError', message } };
    expect(await api.call('Mutation.createSite', { name: 'New', ...place })).toEqual(expected);
    const { id } = await siteNamed('Berlin');
    expect(await api.call('Mutation.updateSite', { site_id: id, ...place })).toEqual(expected);
  });

  it('select nothing in a part with its ends reversed', async () => {
    const within = { ...EUROPE, south: 61 };
    expect(await api.call('Query.sites', { within })).toEqual({
      error: {
        type: 'ValidationError',
        message: 'within.south must be a latitude that is not north of within.north.',
      },
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPath } from '../../../core/inventory/paths/create-path.ts';
import { deletePath } from '../../../core/inventory/paths/delete-path.ts';
import { removeEndpoint } from '../../../core/inventory/removal/remove-endpoint.ts';
import { addEndpoint } from '../../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../../core/inventory/sites/create-site.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { admin, networkBed } from '../../support/network-bed.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let t: TestTables;
let context: StoreContext;

beforeAll(async () => {
  t = await createTables();
  context = networkBed(t, 1_000_000).context;
});
afterAll(() => t.drop());

const newSite = async () => (await createSite(context, admin, { name: 'S' })).id;
const add = (site_id: string, address: string, endpoint_id?: string) =>
  addEndpoint(context, admin, { site_id, address, endpoint_id, interface_type: 'FIBER' });

const messageOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    error => error.message,
  );

describe('an endpoint', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1:51820', '192.0.2.1:51820', true],
    ['192.0.2.1', '192.0.2.1:51820', false],
    ['192.0.2.1:51820', '192.0.2.1:51821', false],
    ['2001:db8::1', '2001:DB8:0::1', true],
    ['[2001:db8::1]:51820', '[2001:DB8:0:0::1]:51820', true],
    ['[2001:db8::1]', '2001:db8::1', true],
    ['[2001:db8::1]:51820', '[2001:db8::1]:51821', false],
    ['wan.example.com', 'WAN.Example.com.', true],
    ['wan.example.com:51820', 'wan.example.com', false],
    ['wan.example.com', 'wan2.example.com', false],
  ])('at %s and one at %s of the same site are the same: %s', async (first, second, same) => {
    const site_id = await newSite();
    await add(site_id, first);
    expect(await messageOf(add(site_id, second))).toBe(
      same
        ? `Endpoint wan1 of site ${site_id} has the address "${first}" already. Choose another address, or change that endpoint with updateEndpoint.`
        : 'done',
    );
    expect(await messageOf(add(await newSite(), first))).toBe('done');
  });

  it('is created once by eight simultaneous requests', async () => {
    const site_id = await newSite();
    const results = await Promise.all(Array.from({ length: 8 }, () => messageOf(add(site_id, '192.0.2.1'))));
    expect(results.filter(result => result === 'done')).toHaveLength(1);
    expect(new Set(results).size).toBe(2);
  });

  it('may be created again after its removal', async () => {
    const site_id = await newSite();
    await add(site_id, '192.0.2.1');
    await removeEndpoint(context, admin, { site_id, endpoint_id: 'wan1' });
    expect(await messageOf(add(site_id, '192.0.2.1'))).toBe('done');
  });
});

describe('a path', () => {
  async function twoSites() {
    const [a, b] = [await newSite(), await newSite()];
    for (const site_id of [a, b]) {
      await add(site_id, '192.0.2.1', 'wan1');
      await add(site_id, '192.0.2.2', 'wan2');
    }
    const ends = (from: string, to: string) => ({
      source_site_id: a,
      source_endpoint_id: from,
      destination_site_id: b,
      destination_endpoint_id: to,
    });
    const back = (from: string, to: string) => ({
      source_site_id: b,
      source_endpoint_id: from,
      destination_site_id: a,
      destination_endpoint_id: to,
    });
    return { a, b, ends, back };
  }

  const connect = (input: object) => createPath(context, admin, input);

  it('between the same endpoints over the same interface is the same from either end', async () => {
    const { a, b, ends, back } = await twoSites();
    const plain = await connect(ends('wan1', 'wan2'));
    const over = await connect({ ...ends('wan1', 'wan2'), wg_interface: 'wg0' });
    expect(await messageOf(connect(ends('wan1', 'wan2')))).toBe(
      `Path ${plain.id} connects endpoint wan1 of site ${a} with endpoint wan2 of site ${b} already.`,
    );
    expect(await messageOf(connect({ ...ends('wan1', 'wan2'), wg_interface: 'wg0' }))).toBe(
      `Path ${over.id} connects endpoint wan1 of site ${a} with endpoint wan2 of site ${b} over wg0 already.`,
    );
    expect(await messageOf(connect(back('wan2', 'wan1')))).toBe(
      `Path ${plain.id} connects endpoint wan2 of site ${b} with endpoint wan1 of site ${a} already.`,
    );
    for (const other of [
      { ...ends('wan1', 'wan2'), wg_interface: 'wg1' },
      ends('wan1', 'wan1'),
      ends('wan2', 'wan1'),
      back('wan2', 'wan2'),
    ]) {
      expect(await messageOf(connect(other))).toBe('done');
    }
  });

  it('is created once by eight simultaneous requests from both ends', async () => {
    const { ends, back } = await twoSites();
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        messageOf(connect(index % 2 === 0 ? ends('wan1', 'wan2') : back('wan2', 'wan1'))),
      ),
    );
    expect(results.filter(result => result === 'done')).toHaveLength(1);
  });

  it('may be created again after its deletion', async () => {
    const { ends } = await twoSites();
    const { id } = await connect(ends('wan1', 'wan1'));
    await deletePath(context, admin, { path_id: id });
    expect(await messageOf(connect(ends('wan1', 'wan1')))).toBe('done');
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, makeApi } from '../../../support/api.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

describe('updateEndpoint', () => {
  let tables: TestTables;
  let api: ApiUnderTest;
  let site_id: string;

  beforeAll(async () => {
    tables = await createTables();
  });
  afterAll(() => tables.drop());

  beforeEach(async () => {
    api = makeApi(tables);
    site_id = (await api.data('Mutation.createSite', { name: 'Berlin' })).id;
    await add({ endpoint_id: 'wan1', address: '192.0.2.1', cost_per_gb: 0.02, reachable: true });
    await add({ endpoint_id: 'wan2', address: '192.0.2.2' });
    api.now += 1000;
  });

  const add = (given: object) =>
    api.data('Mutation.addEndpoint', { site_id, interface_type: 'FIBER', ...given });
  const update = (given: object) =>
    api.call('Mutation.updateEndpoint', { site_id, endpoint_id: 'wan1', ...given });
  const endpoints = async () => (await api.data('Query.site', { id: site_id })).endpoints;
  const refusal = (type: string, message: string) => ({ error: { type, message } });

  it('changes the given fields and keeps the others', async () => {
    const [before, other] = await endpoints();
    const after = { ...before, cost_per_gb: 0.5, updated_at: new Date(api.now).toISOString() };
    expect(await update({ cost_per_gb: 0.5, address: null })).toEqual({ data: after });
    expect(await endpoints()).toEqual([after, other]);
  });

  it('starts at 0 for an endpoint that was added without a cost', async () => {
    const added = await add({ endpoint_id: 'wan3', address: '192.0.2.3', cost_per_gb: null });
    expect(added).toMatchObject({ id: 'wan3', cost_per_gb: 0 });
  });

  it('leaves the reachability of a new address unknown', async () => {
    expect(await update({ address: '192.0.2.9:51820', interface_type: 'LTE' })).toMatchObject({
      data: { address: '192.0.2.9:51820', interface_type: 'LTE', reachable: null, cost_per_gb: 0.02 },
    });
  });

  it('is in the audit log, and undo reverts it', async () => {
    const before = await endpoints();
    await update({ address: '192.0.2.9', cost_per_gb: 0 });
    const [entry] = (
      await api.data('Query.auditLog', { target: `endpoint:${site_id}/wan1`, action: 'updateEndpoint' })
    ).items;
    expect(entry).toMatchObject({ operation: 'updateEndpoint', target: `endpoint:${site_id}/wan1` });
    expect(JSON.parse(entry.before)).toEqual(before[0]);
    const undone = await api.data('Mutation.undo', { audit_id: entry.id });
    expect(undone.message).toBe(`Endpoint wan1 of site ${site_id} is as it was before the change.`);
    expect(await endpoints()).toEqual(before);
    await api.data('Mutation.undo', { audit_id: undone.audit_id });
    expect((await endpoints())[0]).toMatchObject({ address: '192.0.2.9', cost_per_gb: 0 });
  });

  it('cannot be undone to an address that another endpoint has in the meantime', async () => {
    await update({ address: '192.0.2.9' });
    const [entry] = (
      await api.data('Query.auditLog', { target: `endpoint:${site_id}/wan1`, action: 'updateEndpoint' })
    ).items;
    await add({ endpoint_id: 'wan3', address: '192.0.2.1' });
    expect(await api.call('Mutation.undo', { audit_id: entry.id })).toEqual(
      refusal(
        'Conflict',
        `Endpoint wan3 of site ${site_id} has the address "192.0.2.1" already. Choose another address, or change that endpoint with updateEndpoint.`,
      ),
    );
  });

  it('rejects the address of another endpoint, and accepts its own', async () => {
    expect(await update({ address: '192.0.2.2' })).toEqual(
      refusal(
        'Conflict',
        `Endpoint wan2 of site ${site_id} has the address "192.0.2.2" already. Choose another address, or change that endpoint with updateEndpoint.`,
      ),
    );
    expect(await update({ address: '192.0.2.1' })).toMatchObject({ data: { reachable: true } });
  });

  it.each([
    [{}, 'Give at least one of address, interface_type and cost_per_gb to change.'],
    [{ cost_per_gb: -1 }, 'cost_per_gb must be an amount from 0 to 1000000 with at most nine decimals.'],
    [
      { address: 'no address' },
      'address must be an IPv4 address, an IPv6 address or a host name, with or without a port.',
    ],
  ])('rejects %j', async (given, message) => {
    expect(await update(given)).toEqual(refusal('ValidationError', message));
  });

  it('is NotFound for an unknown endpoint', async () => {
    expect(await update({ endpoint_id: 'wan7', cost_per_gb: 1 })).toEqual(
      refusal('NotFound', `Site "${site_id}" has no endpoint "wan7": the query site lists its endpoints.`),
    );
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

let tables: TestTables;
let api: ApiUnderTest;

beforeAll(async () => {
  tables = await createTables();
});
afterAll(() => tables.drop());
beforeEach(() => {
  api = makeApi(tables);
});

const someone = { identity: personIn('operator') };

interface Updated {
  /** The arguments that name the object. */
  key: object;
  /** Its name in messages and audit entries. */
  what: string;
  read(): Promise<{ updated_at: string }>;
}

/** Creates an object of each kind that has updates. */
const MAKE = {
  async site(): Promise<Updated> {
    const { id } = await api.data('Mutation.createSite', { name: 'Berlin' });
    return { key: { site_id: id }, what: `Site ${id}`, read: () => api.data('Query.site', { id }) };
  },
  async endpoint(): Promise<Updated> {
    const { id } = await api.data('Mutation.createSite', { name: 'Berlin' });
    const key = { site_id: id, endpoint_id: 'wan1' };
    await api.data('Mutation.addEndpoint', { ...key, address: '192.0.2.1', interface_type: 'FIBER' });
    const read = async () => (await api.data('Query.site', { id })).endpoints[0];
    return { key, what: `Endpoint wan1 of site ${id}`, read };
  },
  async policy(): Promise<Updated> {
    const { id } = await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900 });
    return { key: { id }, what: `Policy ${id}`, read: () => api.data('Query.policy', { id }) };
  },
  async routing(): Promise<Updated> {
    const { id } = await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900 });
    const read = () => api.data('Query.policyRouting', { policy_id: id });
    return { key: { policy_id: id }, what: `The routing of policy ${id}`, read };
  },
  async edge(): Promise<Updated> {
    const { id: site_id } = await api.data('Mutation.createSite', { name: 'Berlin' });
    const id = `edge-${site_id}`;
    await api.data('Mutation.registerEdge', { id, site_id });
    return { key: { id }, what: `Edge "${id}"`, read: () => api.data('Query.edge', { id }) };
  },
};

const OTHER_SITE = '550e8400-e29b-41d4-a716-446655440000';

const UPDATES = [
  ['updateSite', 'site', { name: 'Oslo' }],
  ['updateEndpoint', 'endpoint', { address: '192.0.2.2' }],
  ['updatePolicy', 'policy', { priority: 7 }],
  ['togglePolicy', 'policy', { enabled: false }],
  ['setPolicyRouting', 'routing', { preference: 'LOWEST_COST' }],
  ['registerEdge', 'edge', { site_id: OTHER_SITE }],
  ['retireEdge', 'edge', {}],
] as const;

describe.each(UPDATES)('%s with if_updated_at', (operation, kind, changes) => {
  const update = (key: object, if_updated_at: string | undefined) =>
    api.call(`Mutation.${operation}`, { ...key, ...changes, if_updated_at }, someone);

  it('changes an object that has not changed since', async () => {
    const { key, read } = await MAKE[kind]();
    api.now += 1000;
    const { updated_at } = await read();
    expect(await update(key, updated_at)).toMatchObject({ data: expect.anything() });
    expect((await read()).updated_at).toBe(new Date(api.now).toISOString());
  });

  it('fails with a Conflict that names the person who has changed it since, and changes nothing', async () => {
    const { key, what, read } = await MAKE[kind]();
    const seen = (await read()).updated_at;
    api.now += 1000;
    await update(key, undefined);
    const after = await read();
    api.now += 1000;
    expect(await update(key, seen)).toEqual({
      error: {
        type: 'Conflict',
        message: `${what} is not as it was at ${seen}: operator@example.com changed it with ${operation} at ${after.updated_at}. Read it again, and repeat the change if it still fits.`,
      },
    });
    expect(await read()).toEqual(after);
  });

  it('accepts one of two simultaneous changes', async () => {
    const { key, read } = await MAKE[kind]();
    const { updated_at } = await read();
    api.now += 1000;
    const answers = await Promise.all([update(key, updated_at), update(key, updated_at)]);
    const types = answers.map(answered => ('error' in answered ? answered.error.type : 'done')).sort();
    expect(types).toEqual(['Conflict', 'done']);
  });

  it('accepts the same instant in another notation', async () => {
    const { key, read } = await MAKE[kind]();
    const { updated_at } = await read();
    const other = new Date(Date.parse(updated_at) + 3_600_000).toISOString().replace('Z', '+01:00');
    expect(await update(key, other)).toMatchObject({ data: expect.anything() });
  });

  it('rejects an invalid time', async () => {
    const { key } = await MAKE[kind]();
    expect(await update(key, 'yesterday')).toEqual({
      error: {
        type: 'ValidationError',
        message: 'if_updated_at must be the updated_at that was read, such as 2026-01-31T12:00:00.000Z.',
      },
    });
  });
});

describe('a site', () => {
  it('counts a change of its endpoints as its own, and the message names the author', async () => {
    const { id } = await api.data('Mutation.createSite', { name: 'Berlin' });
    const seen = (await api.data('Query.site', { id })).updated_at;
    api.now += 1000;
    const endpoint = { site_id: id, endpoint_id: 'wan1', address: '192.0.2.1', interface_type: 'FIBER' };
    await api.data('Mutation.addEndpoint', endpoint, someone);
    const at = new Date(api.now).toISOString();
    expect(await api.call('Mutation.updateSite', { site_id: id, name: 'Oslo', if_updated_at: seen })).toEqual(
      {
        error: {
          type: 'Conflict',
          message: `Site ${id} is not as it was at ${seen}: operator@example.com changed it with addEndpoint at ${at}. Read it again, and repeat the change if it still fits.`,
        },
      },
    );
  });

  it('counts as unchanged after an undo', async () => {
    const { id } = await api.data('Mutation.createSite', { name: 'Berlin' });
    const seen = (await api.data('Query.site', { id })).updated_at;
    api.now += 1000;
    await api.data('Mutation.updateSite', { site_id: id, name: 'Oslo' });
    const [{ id: audit_id }] = (
      await api.data('Query.auditLog', { target: `site:${id}`, action: 'updateSite' })
    ).items;
    await api.data('Mutation.undo', { audit_id });
    expect(
      await api.call('Mutation.updateSite', { site_id: id, name: 'Lima', if_updated_at: seen }),
    ).toMatchObject({ data: { name: 'Lima' } });
  });
});

it('rejects an edge that is not registered as a Conflict', async () => {
  const args = { id: 'edge-x', site_id: OTHER_SITE, if_updated_at: '2026-03-15T12:00:00.000Z' };
  expect(await api.call('Mutation.registerEdge', args)).toEqual({
    error: {
      type: 'Conflict',
      message:
        'Edge "edge-x" is not as it was at 2026-03-15T12:00:00.000Z: no change of it is known. Read it again, and repeat the change if it still fits.',
    },
  });
});

import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../../../core/ingest/ingest.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../../support/api.ts';
import { ingestContext } from '../../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../../support/report-records.ts';
import { snapshotAt } from '../../../support/snapshot-at.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const at = (minute: number) => new Date(T0 + minute * MINUTE).toISOString();

describe('an incident', () => {
  let db: TestTables;
  let api: ApiUnderTest;
  let sites: string[];
  let path: string;

  beforeAll(async () => {
    db = await createTables();
    api = makeApi(db);
    api.now = T0 - MINUTE;
    sites = [await site('Berlin'), await site('Lisbon')];
    const [source_site_id, destination_site_id] = sites;
    const ends = { source_site_id, destination_site_id };
    const created = await api.data('Mutation.createPath', {
      ...{ ...ends, source_endpoint_id: 'wan1', destination_endpoint_id: 'wan1' },
    });
    path = created.id;
    const context = ingestContext(db);
    for (let minute = 1; minute <= 4; minute += 1) {
      const policies = [{ policy_id: 'default', bytes: BigInt(60_000 * minute) }];
      const sketch = { site_id: source_site_id!, seq: minute, sent_ms: minute * MINUTE - 5000, policies };
      const record = reportRecord(sketch, { arrived_ms: minute * MINUTE - 5000, sequence: minute });
      expect(await ingest([record], context)).toEqual([]);
      await snapshotAt(db, T0 + minute * MINUTE);
    }
    api.now = T0 + 3 * MINUTE;
    await api.data('Mutation.failoverPath', { path_id: path, until_restored: true });
    api.now = T0 + 5 * MINUTE;
  });
  afterAll(() => db.drop());

  async function site(name: string): Promise<string> {
    const { id } = await api.data('Mutation.createSite', { name });
    const endpoint = { endpoint_id: 'wan1', address: `${name}.example.com`, interface_type: 'FIBER' };
    await api.data('Mutation.addEndpoint', { site_id: id, ...endpoint });
    return id;
  }

  const asked = { name: 'Berlin cut off', from: at(3), to: at(4) };
  const freeze = async (more: object = {}): Promise<string> => {
    const { id } = await api.data('Mutation.createIncident', { ...asked, ...more });
    return id;
  };
  const auditOf = async (id: string, action: string): Promise<string> => {
    const { items } = await api.data('Query.auditLog', { target: `incident:${id}`, action, limit: 1 });
    return items[0].id;
  };

  it('stores range, figures, candidates of decisions and changes, and stays the same a year later', async () => {
    const id = await freeze();
    const frozen = await api.data('Query.incident', { id });
    expect(frozen).toMatchObject({
      incident: {
        ...asked,
        id,
        created_by: { username: 'admin', email: 'admin@example.com', source_ip: null },
        scope: { site_id: null },
      },
      changes: {
        from: at(3),
        to: at(4),
        before: { bits_per_second: 8000 },
        after: { bits_per_second: 8000 },
      },
      series: { total: { bytes_exact: '60000' }, groups: [{ id: 'default' }] },
      decisions: [
        {
          at: at(4),
          left_out: 0,
          decisions: [{ policy_id: 'default', candidates: [{ path_id: path, class: 'OUT' }] }],
        },
      ],
      log: [
        {
          actor: { username: 'admin', email: 'admin@example.com', source_ip: null },
          target: `path:${path}`,
          target_name: 'Berlin wan1 – Lisbon wan1',
          audited: true,
        },
      ],
      log_total: 1,
      gaps: [],
    });
    expect(frozen.changes.items).toMatchObject([{ kind: 'DECISION', target: `path:${path}`, times: 1 }]);
    expect(frozen.names).toContainEqual({ target: `path:${path}`, name: 'Berlin wan1 – Lisbon wan1' });

    await api.data('Mutation.updateSite', { site_id: sites[0], name: 'Potsdam' });
    const now = api.now;
    api.now += 365 * DAY;
    expect(await api.data('Query.incident', { id })).toEqual(frozen);
    const seen = JSON.stringify(await api.data('Query.incident', { id }, { identity: personIn('viewer') }));
    expect(seen).toBe(JSON.stringify(frozen).replaceAll('"admin@example.com"', 'null'));
    api.now = now;
    await api.data('Mutation.updateSite', { site_id: sites[0], name: 'Berlin' });
  });

  it('is limited to its scope: the log of a policy, the decisions between two sites', async () => {
    const scope = { policy_id: 'default', site_id: sites[1], peer_site_id: sites[0] };
    const frozen = await api.data('Query.incident', { id: await freeze({ scope }) });
    expect(frozen.incident.scope).toEqual(scope);
    expect(frozen.decisions).toMatchObject([{ source_site_id: sites[1], destination_site_id: sites[0] }]);
    const other = await api.data('Query.incident', { id: await freeze({ scope: { policy_id: 'default' } }) });
    expect([other.log, other.log_total]).toEqual([[], 0]);
  });

  it('is created once for a token, listed newest first in pages, and removed and restored by undo', async () => {
    const token = { name: 'Twice', client_token: 'once' };
    api.now += 1;
    const id = await freeze(token);
    api.now += 1;
    expect(await freeze(token)).toBe(id);
    const { items, total, next_token } = await api.data('Query.incidents', { limit: 1 });
    expect(items.map((each: { id: string }) => each.id)).toEqual([id]);
    const rest = await api.data('Query.incidents', { next_token });
    expect(rest.items).toHaveLength(total - 1);

    const { audit_id, message } = await api.data('Mutation.removeIncident', { id });
    expect(message).toBe('The incident Twice is removed.');
    const gone = `There is no incident "${id}": the query incidents lists those that exist.`;
    expect(await api.call('Query.incident', { id })).toEqual({ error: { type: 'NotFound', message: gone } });
    const back = await api.data('Mutation.undo', { audit_id });
    expect(back.message).toBe(`The incident ${id} was restored.`);
    expect((await api.data('Query.incident', { id })).incident.name).toBe('Twice');
    expect((await api.data('Query.incidents')).total).toBe(total);
    expect((await api.data('Mutation.undo', { audit_id: back.audit_id })).message).toBe(
      `The incident ${id} is removed.`,
    );
  });

  it('leaves the list when its creation is undone, and can be restored while its data exists', async () => {
    const id = await freeze({ name: 'By mistake' });
    api.now += 1;
    const { audit_id } = await api.data('Mutation.undo', { audit_id: await auditOf(id, 'createIncident') });
    expect(await api.call('Query.incident', { id })).toMatchObject({ error: { type: 'NotFound' } });
    const now = api.now;
    api.now += 29 * DAY;
    expect((await api.data('Mutation.undo', { audit_id })).message).toBe(`The incident ${id} was restored.`);
    // It is permanent again, instead of expiring after the removal.
    api.now += 40 * DAY;
    expect((await api.data('Query.incident', { id })).log_total).toBe(1);
    api.now = now;

    const removed = await api.data('Mutation.removeIncident', { id });
    const Key = { pk: `FROZEN#${id}`, sk: 'CONTENT' };
    await db.client.send(new DeleteCommand({ TableName: db.tables.traffic, Key }));
    const message = `The frozen data of the incident ${id} has expired.`;
    expect(await api.call('Mutation.undo', { audit_id: removed.audit_id })).toEqual({
      error: { type: 'Conflict', message },
    });
  });

  it('shows no e-mail address in the log of changes to people who may not see it', async () => {
    const id = await freeze();
    await api.data('Mutation.removeIncident', { id });
    const log = await api.data(
      'Query.auditLog',
      { target: `incident:${id}` },
      { identity: personIn('viewer') },
    );
    expect(log.items).toHaveLength(2);
    expect(JSON.stringify(log)).not.toContain('@example.com');
  });

  it.each([
    ['no name', { name: '' }, 'name must be 1 to 100 characters on one line, without control characters.'],
    [
      'a range that ends before it begins',
      { from: at(5) },
      `from (${at(5)}) is not at least a minute before to (${at(4)}): choose an earlier from or a later to.`,
    ],
    [
      'a second site without a first',
      { scope: { peer_site_id: '6f9d7a52-7d5f-4f3f-9a55-0c7a5a3b1c11' } },
      'scope.peer_site_id must be a site other than scope.site_id, which is required with it.',
    ],
  ])('is rejected with %s', async (_, args, message) => {
    expect(await api.call('Mutation.createIncident', { ...asked, ...args })).toEqual({
      error: { type: 'ValidationError', message },
    });
  });

  it.each([
    [
      'policy',
      { policy_id: 'p-none' },
      'There is no policy "p-none": the query policies lists those that exist.',
    ],
    ['site', { site_id: 'Berlin' }, 'There is no site "Berlin": the query sites lists those that exist.'],
  ])('is rejected for a %s that never existed', async (_, scope, message) => {
    expect(await api.call('Mutation.createIncident', { ...asked, scope })).toEqual({
      error: { type: 'NotFound', message },
    });
  });

  it('is created and removed by operators, and read by viewers', async () => {
    const viewer = { identity: personIn('viewer') };
    expect(await api.call('Mutation.createIncident', asked, viewer)).toMatchObject({
      error: { type: 'Unauthorized' },
    });
    const id = await freeze();
    expect(await api.call('Mutation.removeIncident', { id }, viewer)).toMatchObject({
      error: { type: 'Unauthorized' },
    });
    expect(await api.call('Query.incidents', {}, viewer)).toHaveProperty('data');
  });

  it('names data that has expired, and stores the rest', async () => {
    const now = api.now;
    api.now += 3 * DAY;
    const { series, decisions, gaps, changes } = await api.data('Query.incident', { id: await freeze() });
    expect([decisions, changes.items.length]).toEqual([[], 1]);
    expect(gaps).toContain(
      `How policies decided between the sites ${sites.toSorted().join(' and ')} is not known: Measurements are kept for 48 hours: at must not be before ${new Date(api.now - 2 * DAY).toISOString()}.`,
    );
    expect(series).not.toBeUndefined();
    api.now = now;
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { type ApiUnderTest, makeApi, personIn } from '../../support/api.ts';
import { commitEntry, someChange } from '../../support/audit-entries.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let t: TestTables;
let api: ApiUnderTest;

beforeAll(async () => {
  t = await createTables();
});
// The newest entry is the last change of the running test.
let hours = 0;
beforeEach(() => {
  api = makeApi(t);
  hours += 1;
  api.now += hours * 3_600_000;
});
afterAll(() => t.drop());

const undo = (audit_id: string, by = personIn('admin')) =>
  api.call('Mutation.undo', { audit_id }, { identity: by });

async function undone(audit_id: string): Promise<{ audit_id: string; message: string }> {
  api.now += 1;
  const answer = await api.data('Mutation.undo', { audit_id });
  expect(answer).toEqual({
    success: true,
    message: expect.any(String),
    audit_id: expect.any(String),
    finished: true,
  });
  api.now += 1;
  return answer;
}

/** The id of the newest entry, for operations that do not return it. */
async function lastChange(): Promise<string> {
  const { items } = await api.data('Query.auditLog', { limit: 1 }, { selection: ['items/id'] });
  return items[0].id;
}

async function change(
  operation: string,
  args: object,
): Promise<{ audit_id: string } & Record<string, never>> {
  api.now += 1;
  const answer = await api.data(`Mutation.${operation}`, args);
  api.now += 1;
  return { ...answer, audit_id: answer.audit_id ?? (await lastChange()) };
}

const conflict = (message: string) => ({ error: { type: 'Conflict', message } });

/** Two sites with an endpoint each, and a path between. */
async function network() {
  const [a, b] = [await change('createSite', { name: 'A' }), await change('createSite', { name: 'B' })];
  for (const { id } of [a, b]) {
    await change('addEndpoint', { site_id: id, address: '192.0.2.1', interface_type: 'FIBER' });
  }
  const ends = {
    source_site_id: a.id,
    source_endpoint_id: 'wan1',
    destination_site_id: b.id,
    destination_endpoint_id: 'wan1',
  };
  const path = await change('createPath', ends);
  return { a: String(a.id), b: String(b.id), path: String(path.id), made: path.audit_id };
}

/** The inventory as clients see it, without the times of the sites' last changes. */
async function inventory(): Promise<unknown> {
  const { items } = await api.data('Query.sites', { limit: 100 });
  const sites = await Promise.all(items.map(({ id }: { id: string }) => api.data('Query.site', { id })));
  const paths = await Promise.all(
    items.map(({ id }: { id: string }) => api.data('Query.paths', { site_id: id, limit: 100 })),
  );
  const text = JSON.stringify({ sites, paths });
  return JSON.parse(text.replaceAll(/"updated_at":"[^"]*"/g, '"updated_at":""'));
}

describe("undo of a policy's change", () => {
  const policies = async () => (await api.data('Query.policies', { limit: 100 })).items;

  it.each([
    ['createPolicy', () => change('createPolicy', { name: 'New', priority: 5 })],
    ['updatePolicy', (id: string) => change('updatePolicy', { id, priority: 7, name: 'Other' })],
    ['togglePolicy', (id: string) => change('togglePolicy', { id, enabled: false })],
    ['deletePolicy', (id: string) => change('deletePolicy', { id })],
  ] as const)('restores the state before %s, and an undo of it the state after', async (_name, operate) => {
    const { id } = await change('createPolicy', { name: 'Voice', priority: 900 });
    const before = await policies();
    const { audit_id } = await operate(String(id));
    const after = await policies();
    expect(after).not.toEqual(before);
    const back = await undone(audit_id);
    expect(await policies()).toEqual(before);
    const again = await undone(back.audit_id);
    expect(await policies()).toEqual(after);
    await undone(again.audit_id);
    expect(await policies()).toEqual(before);
  });

  it('keeps later changes of other fields, and reports conflicts', async () => {
    const { id } = await change('createPolicy', { name: 'Voice', priority: 900 });
    const named = await change('updatePolicy', { id, name: 'Video' });
    const ranked = await change('updatePolicy', { id, priority: 7 });
    await change('updatePolicy', { id, priority: 8 });
    await undone(named.audit_id);
    expect(await api.data('Query.policy', { id })).toMatchObject({ name: 'Voice', priority: 8 });
    expect(await undo(ranked.audit_id)).toEqual(
      conflict(
        `Policy ${id} was changed since: priority is 8 and was 7. Undo the later change first, or set it with updatePolicy.`,
      ),
    );
    await change('deletePolicy', { id });
    expect(await undo(ranked.audit_id)).toEqual(
      conflict(`Policy ${id} was deleted since. Undo its deletion first.`),
    );
  });

  it('gives edges a newer version of the policies, and ids stay in order', async () => {
    const first = await change('createPolicy', { name: 'First', priority: 1 });
    const second = await change('createPolicy', { name: 'Second', priority: 1 });
    const { audit_id } = await change('deletePolicy', { id: first.id });
    await undone(audit_id);
    const third = await change('createPolicy', { name: 'Third', priority: 1 });
    expect(String(third.id) > String(second.id)).toBe(true);
  });

  it('restores its routing', async () => {
    const before = await api.data('Query.policyRouting', { policy_id: 'default' });
    const { audit_id } = await change('setPolicyRouting', {
      policy_id: 'default',
      preference: 'LOWEST_COST',
      failover_below: 60,
    });
    const back = await undone(audit_id);
    const after = await api.data('Query.policyRouting', { policy_id: 'default' });
    expect(after).toEqual({ ...before, updated_at: after.updated_at });
    await undone(back.audit_id);
    expect(await api.data('Query.policyRouting', { policy_id: 'default' })).toMatchObject({
      preference: 'LOWEST_COST',
      failover_below: 60,
    });
  });
});

describe('undo of a change of the inventory', () => {
  it.each([
    ['updateSite', ({ a }) => change('updateSite', { site_id: a, name: 'Other', location: 'Bonn' })],
    [
      'addEndpoint',
      ({ a }) => change('addEndpoint', { site_id: a, address: '192.0.2.2', interface_type: 'DSL' }),
    ],
    ['removeEndpoint', ({ a }) => change('removeEndpoint', { site_id: a, endpoint_id: 'wan1' })],
    ['deletePath', ({ path }) => change('deletePath', { path_id: path })],
    ['deleteSite', ({ a }) => change('deleteSite', { site_id: a })],
    ['createSite', () => change('createSite', { name: 'New' })],
  ] as [string, (network: { a: string; path: string }) => Promise<{ audit_id: string }>][])(
    'restores the state before %s, and an undo of it the state after',
    async (_name, operate) => {
      const made = await network();
      const before = await inventory();
      const { audit_id } = await operate(made);
      const after = await inventory();
      expect(after).not.toEqual(before);
      const back = await undone(audit_id);
      expect(await inventory()).toEqual(before);
      const again = await undone(back.audit_id);
      expect(await inventory()).toEqual(after);
      await undone(again.audit_id);
      expect(await inventory()).toEqual(before);
    },
  );

  it('removes a new path again', async () => {
    const { made, path } = await network();
    await undone(made);
    expect(await undo(made)).toMatchObject({ error: { type: 'Conflict' } });
    expect(await api.call('Mutation.deletePath', { path_id: path })).toMatchObject({
      error: { type: 'NotFound' },
    });
  });

  it('names the obstacle', async () => {
    const { a, path } = await network();
    const added = await change('addEndpoint', { site_id: a, address: '192.0.2.2', interface_type: 'DSL' });
    const gone = await change('deletePath', { path_id: path });
    const removed = await change('removeEndpoint', { site_id: a, endpoint_id: 'wan1' });
    expect(await undo(gone.audit_id)).toEqual(
      conflict(`Site "${a}" has no endpoint "wan1": the query site lists its endpoints.`),
    );
    await change('addEndpoint', {
      site_id: a,
      endpoint_id: 'wan1',
      address: '192.0.2.3',
      interface_type: 'LTE',
    });
    expect(await undo(removed.audit_id)).toEqual(
      conflict(
        `Site ${a} has an endpoint wan1 again. Remove that one first, or keep it and create its paths again.`,
      ),
    );
    const deleted = await change('deleteSite', { site_id: a });
    expect(await undo(added.audit_id)).toMatchObject({
      error: { type: 'Conflict', message: expect.stringContaining('restoreSite can bring it back until') },
    });
    await change('restoreSite', { site_id: a });
    expect(await undo(deleted.audit_id)).toMatchObject({
      error: {
        type: 'Conflict',
        message: expect.stringMatching(/^The change \w+ was undone already, by \w+\./),
      },
    });
  });

  it('restores paths of a removed endpoint when their other site exists again', async () => {
    const { a, b, path } = await network();
    const removed = await change('removeEndpoint', { site_id: a, endpoint_id: 'wan1' });
    const deleted = await change('deleteSite', { site_id: b });
    const back = await undone(removed.audit_id);
    expect(back.message).toBe('Endpoint wan1 is back with 0 paths.');
    await undone(deleted.audit_id);
    const { items } = await api.data('Query.paths', { site_id: a, limit: 10 });
    expect(items.map(({ id }: { id: string }) => id)).toEqual([path]);
  });
});

describe("undo of an edge's change", () => {
  it.each([
    ['registerEdge', (site_id: string) => change('registerEdge', { id: 'edge-1', site_id, interval_s: 300 })],
    ['retireEdge', () => change('retireEdge', { id: 'edge-1' })],
    ['a new edge', (site_id: string) => change('registerEdge', { id: 'edge-new', site_id })],
  ])('restores the previous state: %s', async (_name, operate) => {
    const { a, b } = await network();
    await change('registerEdge', { id: 'edge-1', site_id: a });
    const edges = () => api.data('Query.edges', { limit: 100 });
    const before = await edges();
    const { audit_id } = await operate(b);
    const back = await undone(audit_id);
    expect(await edges()).toEqual(before);
    await undone((await undone(back.audit_id)).audit_id);
    expect(await edges()).toEqual(before);
  });
});

describe('undo of a reset', () => {
  const totals = async () => (await api.data('Query.trafficTotals')).bytes_exact;

  it.each([
    ['resetAllStats', {}],
    ['resetPolicyStats', { policy_id: 'default' }],
  ])('shows the state before %s, and can be undone as well', async (operation, args) => {
    const own = await createTables();
    api = makeApi(own);
    const policies = [{ policy_id: 'default', packets: 5n, bytes: 500n }];
    await ingest([reportRecord({ policies })], ingestContext(own));
    const { audit_id } = await change(operation, args);
    expect(await totals()).toBe('0');
    const back = await undone(audit_id);
    expect(await totals()).toBe('500');
    await undone(back.audit_id);
    expect(await totals()).toBe('0');
    // The same with its own operation.
    const undoing = await change('undoReset', { audit_id });
    expect(await totals()).toBe('500');
    await undone(undoing.audit_id);
    expect(await totals()).toBe('0');
    await change('undoReset', { audit_id });
    expect(await totals()).toBe('500');
    await own.drop();
  });
});

describe('undo of a failover', () => {
  it('returns the path to service, and takes it out again', async () => {
    const { path } = await network();
    const { audit_id } = await change('failoverPath', { path_id: path });
    const back = await undone(audit_id);
    expect(back.message).toBe(`Path ${path} is in use again.`);
    await undone(back.audit_id);
    expect(await api.call('Mutation.failoverPath', { path_id: path })).toMatchObject({
      error: { type: 'Conflict' },
    });
  });

  it('is refused when the set of policies that left the path has changed since, and names them', async () => {
    const { path } = await network();
    const { audit_id } = await change('failoverPath', { path_id: path });
    await change('restorePath', { path_id: path });
    expect(await undo(audit_id)).toEqual(
      conflict(
        `Path ${path} is out of use for no policy now, but was out of use for every policy after the change: use failoverPath or restorePath to set it.`,
      ),
    );
  });
});

describe('undo', () => {
  it('is allowed for roles that may make the undone change', async () => {
    const { a } = await network();
    const { audit_id } = await change('deleteSite', { site_id: a });
    expect(await undo(audit_id, personIn('operator'))).toEqual({
      error: {
        type: 'Unauthorized',
        message: 'deleteSite needs group admin, and you are in operator. Ask an administrator for it.',
      },
    });
    expect(await undo(audit_id, personIn('viewer'))).toMatchObject({ error: { type: 'Unauthorized' } });
    const { audit_id: renamed } = await change('createPolicy', { name: 'x', priority: 1 });
    expect(await undo(renamed, personIn('operator'))).toMatchObject({ data: { success: true } });
  });

  it('shows for each entry its undo, and the time until which others can be undone', async () => {
    const { id, audit_id } = await change('createPolicy', { name: 'x', priority: 1 });
    const target = `policy:${id}`;
    const until = new Date(api.now - 1 + 30 * 86_400_000).toISOString();
    const entries = async () => (await api.data('Query.auditLog', { target })).items;
    expect(await entries()).toMatchObject([
      { id: audit_id, undoable_until: until, undo_needs: 'createPolicy', undone_by: null },
    ]);
    const back = await undone(audit_id);
    expect(await entries()).toMatchObject([
      {
        id: back.audit_id,
        operation: 'undo',
        did: 'deletePolicy',
        undoes: audit_id,
        undone_by: null,
        undoable_until: expect.any(String),
        undo_needs: 'deletePolicy',
      },
      { id: audit_id, undone_by: back.audit_id, undoable_until: null, undo_needs: null },
    ]);
  });

  it('happens at most once, also by concurrent requests', async () => {
    const { id } = await change('createPolicy', { name: 'x', priority: 1 });
    const { audit_id } = await change('togglePolicy', { id, enabled: false });
    const answers = await Promise.all(Array.from({ length: 8 }, () => undo(audit_id)));
    expect(answers.filter(answer => 'data' in answer)).toHaveLength(1);
    const { items } = await api.data('Query.auditLog', { target: `policy:${id}`, action: 'undo' });
    expect(items.filter(({ outcome }: { outcome: string }) => outcome === 'DONE')).toHaveLength(1);
  });

  it('of a redone change undoes it again', async () => {
    const { id, audit_id } = await change('createPolicy', { name: 'x', priority: 1 });
    const first = await undone(audit_id);
    expect(await undo(audit_id)).toEqual(
      conflict(
        `The change ${audit_id} was undone already, by ${first.audit_id}. To make it again, undo that one.`,
      ),
    );
    await undone(first.audit_id);
    await undone(audit_id);
    expect(await api.data('Query.policy', { id })).toBeNull();
  });

  it.each([['clearCache', "clearCache can't be undone."]])('gives the reason for %s', async operation => {
    const { audit_id } = await change(operation, {});
    expect(await undo(audit_id)).toEqual(
      conflict("clearCache can't be undone. Values are cached again when they are next needed."),
    );
  });

  it('rejects entries that are not changes, are unknown or too old', async () => {
    await api.call('Mutation.deletePolicy', { id: 'no-such' });
    const refused = await lastChange();
    expect(await undo(refused)).toEqual(
      conflict(`The attempt ${refused} was refused and changed nothing: there is nothing to undo.`),
    );
    expect(await undo('01KKRA34003333333333333333')).toEqual({
      error: {
        type: 'NotFound',
        message:
          'The audit log has no entry "01KKRA34003333333333333333". Give the audit_id of an answer, or the id of an entry that auditLog lists.',
      },
    });
    const { audit_id } = await change('createPolicy', { name: 'x', priority: 1 });
    const until = new Date(api.now - 1 + 30 * 86_400_000).toISOString();
    api.now += 31 * 86_400_000;
    expect(await undo(audit_id)).toEqual(conflict(`The change ${audit_id} could be undone until ${until}.`));
    const old = await commitEntry(
      t,
      { at_ms: api.now },
      { ...someChange, operation: 'removeEndpoint', before: { endpoint: {}, paths: 3 }, after: {} },
    );
    expect(await undo(old)).toEqual(
      conflict(`The change ${old} was made by an earlier release, which didn't store what an undo needs.`),
    );
    const later = await commitEntry(t, { at_ms: api.now }, { ...someChange, operation: 'turnAround' });
    expect(await undo(later)).toEqual(conflict("This release doesn't know turnAround and can't undo it."));
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import type { Refusal } from '../../../core/audit/audit-entry.ts';
import { recordRefusal } from '../../../core/audit/record-refusal.ts';
import { sumRefusals } from '../../../core/audit/sum-refusals.ts';
import type { AuditEntry } from '../../../graphql/schema.generated.ts';
import { type ApiUnderTest, machine, makeApi, personIn } from '../../support/api.ts';
import { auditEntries, commitEntry } from '../../support/audit-entries.ts';
import { FAULTS, faultyClient } from '../../support/faults.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { storeContext } from '../../support/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;

let t: TestTables;
let api: ApiUnderTest;

/** Gives each test its own tables and API. */
function useApi(): void {
  beforeEach(async () => {
    t = await createTables();
    api = makeApi(t);
  });
  afterEach(() => t.drop());
}

const refused = (by = personIn('admin')) =>
  api.call('Mutation.deletePolicy', { id: 'no-such' }, { identity: by });

const cleanUp = () => asFunction('cleanup', () => sumRefusals(storeContext(t, () => api.now)));

const log = async (args: object = {}): Promise<AuditEntry[]> =>
  (await api.data('Query.auditLog', { limit: 100, ...args })).items;

describe('refused attempts', () => {
  useApi();

  it('get the first entry of a minute at once, and one more for the rest', async () => {
    for (let time = 0; time < 5; time += 1) {
      await refused();
      api.now += 1000;
    }
    expect(await log()).toMatchObject([
      { operation: 'deletePolicy', attempts: 1, request: '{"id":"no-such"}' },
    ]);
    expect(await cleanUp()).toEqual({ entries: 0, attempts: 0 });

    api.now += 3 * MINUTE;
    expect(await cleanUp()).toEqual({ entries: 1, attempts: 4 });

    const [rest, first] = await log();
    expect(rest).toEqual({
      ...first,
      id: expect.any(String),
      at: new Date(api.now).toISOString(),
      started_at: '2026-03-15T12:00:00.000Z',
      target: null,
      message: '4 more of this kind were refused within the minute from 2026-03-15T12:00:00.000Z.',
      attempts: 4,
      request: null,
    });
    expect(await cleanUp()).toEqual({ entries: 0, attempts: 0 });
    expect(await log({ after_id: first!.id })).toEqual([]);
    api.now += 2 * MINUTE;
    expect(await log({ after_id: first!.id })).toMatchObject([{ id: rest!.id }]);
    expect(await log({ after_id: rest!.id })).toEqual([]);
  });

  it('are counted separately by minute, caller, operation and type of error', async () => {
    await refused();
    await refused(personIn('viewer'));
    await api.call('Mutation.togglePolicy', { id: 'no-such', enabled: true });
    await api.call('Mutation.togglePolicy', { id: 'default', enabled: true });
    api.now += MINUTE;
    await refused();
    const kinds = (await log()).map(entry => `${entry.operation} ${entry.error_type} ${entry.attempts}`);
    expect(kinds.sort()).toEqual([
      'deletePolicy NotFound 1',
      'deletePolicy NotFound 1',
      'deletePolicy Unauthorized 1',
      'togglePolicy NotFound 1',
      'togglePolicy ValidationError 1',
    ]);
    api.now += 3 * MINUTE;
    expect(await cleanUp()).toEqual({ entries: 0, attempts: 0 });
  });

  it('of one role are one caller with any session name', async () => {
    const session = (name: string) => ({
      ...machine,
      userArn: `arn:aws:sts::123456789012:assumed-role/readers/${name}`,
    });
    for (const name of ['a', 'b', 'c']) await refused(session(name) as typeof machine);
    await refused({ ...machine, userArn: 'arn:aws:sts::123456789012:assumed-role/others/a' });
    expect(await log()).toHaveLength(2);
    api.now += 3 * MINUTE;
    expect(await cleanUp()).toEqual({ entries: 1, attempts: 2 });
  });

  it('store a bounded amount of data from the caller', async () => {
    await api.call('Mutation.deletePolicy', { id: 'x'.repeat(390_000) });
    const [entry] = await log();
    expect(entry!.target!.length).toBeLessThanOrEqual(1025);
    expect(entry!.message!.length).toBeLessThanOrEqual(1025);
    expect(entry!.request!.length).toBeLessThanOrEqual(5000);
  });
});

describe('refused attempts, with any failed call,', () => {
  let shared: TestTables;
  let now = Date.parse('2026-03-15T12:00:00Z');
  const clock = () => now;
  beforeAll(async () => {
    shared = await createTables();
  });
  afterAll(() => shared.drop());

  const refusal = {
    actor: systemCaller('flood'),
    operation: 'deletePolicy',
    target: null,
    error_type: 'NotFound',
    message: 'no',
    request: null,
  } satisfies Refusal;

  it.each(FAULTS.flatMap(fault => [0, 1].map(at => ({ fault, at }))))(
    'are in the log or reported: $fault at call $at of the first',
    async plan => {
      const before = (await auditEntries(shared)).length;
      const faulty = faultyClient(shared.client);
      let reported = 0;
      for (let time = 0; time < 3; time += 1) {
        faulty.arm(time === 0 ? plan : undefined);
        await recordRefusal({ ...shared, client: faulty.client, clock }, refusal).catch(() => {
          reported += 1;
        });
        await faulty.landAll();
      }
      now += 3 * MINUTE;
      await asFunction('cleanup', () => sumRefusals(storeContext(shared, clock)));
      const attempts = (await auditEntries(shared))
        .slice(before)
        .reduce((sum, entry) => sum + Number(entry.attempts), 0);
      expect(attempts).toBeLessThanOrEqual(3);
      expect(attempts + reported).toBeGreaterThanOrEqual(3);
    },
  );

  it.each(FAULTS.flatMap(fault => [8, 9, 10].map(at => ({ fault, at }))))(
    'are summed up once, although the clean-up has $fault at call $at',
    async plan => {
      const before = (await auditEntries(shared)).length;
      const faulty = faultyClient(shared.client);
      for (let time = 0; time < 3; time += 1) await recordRefusal({ ...shared, clock }, refusal);
      now += 3 * MINUTE;
      for (let run = 0; run < 2; run += 1) {
        faulty.arm(run === 0 ? plan : undefined);
        const context = storeContext({ ...shared, client: faulty.client }, clock);
        await asFunction('cleanup', () => sumRefusals(context)).catch(() => {});
        await faulty.landAll();
      }
      await asFunction('cleanup', () => sumRefusals(storeContext(shared, clock)));
      expect((await auditEntries(shared)).slice(before).map(({ attempts }) => attempts)).toEqual([1, 2]);
    },
  );
});

describe('a flood of 1,000 refused attempts', () => {
  useApi();

  it('leaves the cost of changes and readers unchanged, and adds one entry', async () => {
    for (let index = 0; index < 30; index += 1) await commitEntry(t, { at_ms: api.now - 1000 + index });
    const cost = async () => {
      let units = 0;
      let queries = 0;
      const client = {
        ...t.client,
        send: async (command: { input: object }) => {
          Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
          const answer = (await t.client.send(command as never)) as {
            ConsumedCapacity?: { CapacityUnits: number };
          };
          queries += 1;
          units += answer.ConsumedCapacity?.CapacityUnits ?? 0;
          return answer;
        },
      };
      const reading = makeApi({ ...t, client: client as unknown as TestTables['client'] });
      reading.now = api.now;
      const selection = ['items/id', 'items/outcome'];
      const { items } = await reading.data('Query.auditLog', { limit: 25 }, { selection });
      return {
        queries,
        units,
        changes: items.filter((entry: AuditEntry) => entry.outcome === 'DONE').length,
      };
    };
    await refused();
    const before = await cost();

    const actor = (await log())[0]!.actor;
    const store = { ...t, clock: () => api.now };
    const waiting = Array(1000).keys();
    const worker = async () => {
      for (const index of waiting) {
        await recordRefusal(store, {
          actor,
          operation: 'deletePolicy',
          target: `policy:${index}`,
          error_type: 'NotFound',
          message: `There is no policy ${index}.`,
          request: { id: index },
        });
      }
    };
    await Promise.all(Array.from({ length: 40 }, worker));

    expect(await cost()).toEqual(before);
    api.now += 3 * MINUTE;
    expect(await cleanUp()).toEqual({ entries: 1, attempts: 1000 });
    const refusals = (await auditEntries(t)).filter(({ outcome }) => outcome === 'REFUSED');
    expect(refusals.map(({ attempts }) => attempts)).toEqual([1, 1000]);
    // The new entry is one more among the listed ones.
    expect(await cost()).toMatchObject({ queries: before.queries });
  });
});

describe('the audit log for viewers', () => {
  useApi();

  const viewer = personIn('viewer');

  it('shows all changes without the addresses of others, and only their own refused attempts', async () => {
    await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900 });
    api.now += 1;
    await refused();
    api.now += 1;
    await refused(viewer);
    const asViewer = await api.data('Query.auditLog', {}, { identity: viewer });
    expect(asViewer.items).toMatchObject([
      {
        outcome: 'REFUSED',
        actor: { sub: 'sub-of-viewer', email: 'viewer@example.com', source_ip: '192.0.2.1' },
      },
      {
        operation: 'createPolicy',
        outcome: 'DONE',
        actor: { sub: 'sub-of-admin', username: 'admin', email: null, source_ip: null },
      },
    ]);
    expect(asViewer.items).toHaveLength(2);
    for (const identity of [personIn('operator'), personIn('admin')]) {
      const { items } = await api.data('Query.auditLog', {}, { identity });
      expect(items).toHaveLength(3);
      for (const { actor } of items) expect(actor.source_ip).toBe('192.0.2.1');
    }
  });

  it('shows the same for a single entry', async () => {
    await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900 });
    await refused();
    api.now += 1;
    const { items } = await api.data('Query.auditLog', {}, { identity: personIn('admin') });
    const idOf = (outcome: string) =>
      items.find((entry: { outcome: string }) => entry.outcome === outcome).id;
    const read = (id: string, identity: ReturnType<typeof personIn>) =>
      api.data('Query.auditEntry', { id }, { identity });
    expect(await read(idOf('DONE'), personIn('operator'))).toEqual(
      items.find((entry: { outcome: string }) => entry.outcome === 'DONE'),
    );
    expect(await read(idOf('DONE'), viewer)).toMatchObject({
      operation: 'createPolicy',
      actor: { email: null, source_ip: null },
    });
    expect(await read(idOf('REFUSED'), personIn('operator'))).toMatchObject({ outcome: 'REFUSED' });
    expect(await read(idOf('REFUSED'), viewer)).toBeNull();
    expect(await read('01ARZ3NDEKTSV4RRFFQ69G5FAV', viewer)).toBeNull();
  });

  it("cannot be searched by another person's address", async () => {
    await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900 });
    await refused(viewer);
    const found = async (actor: string) =>
      (await api.data('Query.auditLog', { actor }, { identity: viewer })).items.length;
    expect(await found('admin@example.com')).toBe(0);
    expect(await found('sub-of-admin')).toBe(1);
    expect(await found('viewer@example.com')).toBe(1);
  });
});

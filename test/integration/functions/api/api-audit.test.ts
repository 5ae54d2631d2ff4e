import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../../core/access/caller.ts';
import type { AuditEntry } from '../../../../graphql/schema.generated.ts';
import { type ApiUnderTest, machine, makeApi, personIn } from '../../../support/api.ts';
import { commitEntry } from '../../../support/audit-entries.ts';
import { createTables, NO_SUCH_TABLE, type TestTables } from '../../../support/tables.ts';

let t: TestTables;
let api: ApiUnderTest;

beforeEach(async () => {
  t = await createTables();
  api = makeApi(t);
});

afterEach(() => t.drop());

const admin = {
  kind: 'PERSON',
  sub: 'sub-of-admin',
  username: 'admin',
  email: 'admin@example.com',
  groups: ['admin'],
  source_ip: '192.0.2.1',
  request_id: null,
};

describe('the audit log', () => {
  it('has the actor, the operation and the old and new values of a change, under the id in the answer', async () => {
    const { id } = await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900 });
    api.now += 1;
    const { audit_id } = await api.data('Mutation.deletePolicy', { id });

    const { items, next_token } = await api.data('Query.auditLog');

    expect(next_token).toBeNull();
    expect(items).toHaveLength(2);
    const [deleted, created] = items;
    const { before, ...rest } = deleted;
    expect(rest).toEqual({
      id: audit_id,
      at: '2026-03-15T12:00:00.001Z',
      started_at: '2026-03-15T12:00:00.001Z',
      actor: admin,
      operation: 'deletePolicy',
      target: `policy:${id}`,
      target_name: 'Voice',
      outcome: 'DONE',
      error_type: null,
      message: null,
      attempts: 1,
      request: null,
      undoes: null,
      did: null,
      undone_by: null,
      undoable_until: '2026-04-14T12:00:00.001Z',
      undo_needs: 'deletePolicy',
      after: null,
    });
    expect(JSON.parse(before)).toMatchObject({ id, name: 'Voice', priority: 900 });
    expect(created).toMatchObject({ operation: 'createPolicy', before: null });
    expect(JSON.parse(created.after)).toMatchObject({ id, name: 'Voice' });
  });

  it('contains refused changes with their arguments', async () => {
    await api.call('Mutation.updatePolicy', { id: '7', priority: 2000 });
    const { items } = await api.data('Query.auditLog');
    expect(items).toEqual([
      {
        id: expect.any(String),
        at: '2026-03-15T12:00:00.000Z',
        started_at: '2026-03-15T12:00:00.000Z',
        actor: admin,
        operation: 'updatePolicy',
        target: 'policy:7',
        target_name: null,
        outcome: 'REFUSED',
        error_type: 'ValidationError',
        message: 'priority must be a whole number from 0 to 1000.',
        attempts: 1,
        request: expect.any(String),
        undoes: null,
        did: null,
        undone_by: null,
        undoable_until: null,
        undo_needs: null,
        before: null,
        after: null,
      },
    ]);
    expect(JSON.parse(items[0].request)).toEqual({ id: '7', priority: 2000 });
  });

  it('contains unauthorized attempts, including queries, and no other failed queries', async () => {
    await api.call('Mutation.deletePolicy', { id: '7' }, { identity: personIn('viewer') });
    api.now += 1;
    await api.call('Query.policies', {}, { identity: personIn('none') });
    api.now += 1;
    await api.call('Query.policies', { limit: 0 });

    const { items } = await api.data('Query.auditLog');

    expect(
      items.map((entry: AuditEntry) => [entry.operation, entry.error_type, entry.actor.username]),
    ).toEqual([
      ['policies', 'Unauthorized', 'none'],
      ['deletePolicy', 'Unauthorized', 'viewer'],
    ]);
  });

  it('keeps the structure of a refused request of any size, with shortened texts and lists', async () => {
    const site_ids = Array.from({ length: 90_000 }, (_, index) => `${index}`.padEnd(1000, 'x'));
    await api.call('Mutation.deleteSites', { site_ids, weight: 1e300 });
    const { items } = await api.data('Query.auditLog');
    const request = JSON.parse(items[0].request);
    expect(items[0].message).toBe('site_ids must have at most 100 entries.');
    expect(request).toEqual({
      site_ids: site_ids.slice(0, 20).map(id => `${id.slice(0, 127)}…`),
      weight: '1e+300',
    });
  });

  it('refuses a request even if the refusal cannot be stored, and reports that', async () => {
    const broken = makeApi({ client: t.client, tables: { ...t.tables, audit: NO_SUCH_TABLE } });
    expect(await broken.call('Mutation.createPolicy', { name: '', priority: 1 })).toEqual({
      error: {
        type: 'ValidationError',
        message: 'name must be 1 to 100 characters on one line, without control characters.',
      },
    });
    expect(broken.reported).toEqual([
      {
        message: 'A refusal could not be written to the audit log',
        operation: 'Mutation.createPolicy',
        error: expect.objectContaining({ name: 'ResourceNotFoundException' }),
      },
    ]);
  });

  it('never replaces an entry', async () => {
    const id = await commitEntry(t, { at_ms: api.now });
    for (const at_ms of [api.now, api.now + 1]) {
      await expect(commitEntry(t, { at_ms, id })).rejects.toThrow('ConditionalCheckFailed');
    }
  });
});

describe('pages of the audit log', () => {
  async function write(
    at: string,
    operation: string,
    actor = systemCaller('test'),
    target: string | null = null,
  ) {
    await commitEntry(t, { at_ms: Date.parse(at) }, { actor, operation, target });
  }

  async function readAll(args: Record<string, unknown>) {
    const seen: string[] = [];
    let next_token: string | null = null;
    for (let page = 0; page < 50; page += 1) {
      const read = await api.data('Query.auditLog', { ...args, next_token });
      expect(read.items.length).toBeLessThanOrEqual(Number(args.limit ?? 25));
      seen.push(...read.items.map((entry: { operation: string }) => entry.operation));
      next_token = read.next_token;
      if (next_token === null) return seen;
    }
    throw new Error('The pages never end');
  }

  it('go back over months without entries, newest first, each entry once', async () => {
    await write('2026-01-05T00:00:00Z', 'a');
    await write('2026-01-31T23:59:59.999Z', 'b');
    await write('2026-03-01T00:00:00Z', 'c');
    await write('2026-03-15T11:59:59Z', 'd');
    for (const limit of [1, 2, 3, 100]) expect(await readAll({ limit })).toEqual(['d', 'c', 'b', 'a']);
  });

  it('end after any number of years', async () => {
    await write('2026-01-05T00:00:00Z', 'a');
    api.now = Date.parse('2036-01-01T00:00:00Z');
    expect(await readAll({ limit: 5 })).toEqual(['a']);
  });

  it('have only entries that match the filter', async () => {
    const person = {
      ...systemCaller('p'),
      kind: 'PERSON' as const,
      email: 'someone@example.com',
      username: 'someone',
    };
    await write('2026-02-01T00:00:00Z', 'x', person, 'policy:1');
    await write('2026-02-02T00:00:00Z', 'y', person, 'policy:2');
    await write('2026-03-01T00:00:00Z', 'z', systemCaller('cleanup'), 'policy:2');

    expect(await readAll({ actor: 'someone@example.com' })).toEqual(['y', 'x']);
    expect(await readAll({ actor: 'someone' })).toEqual(['y', 'x']);
    expect(await readAll({ actor: 'cleanup' })).toEqual(['z']);
    expect(await readAll({ action: 'x' })).toEqual(['x']);
    expect(await readAll({ target: 'policy:2' })).toEqual(['z', 'y']);
    expect(await readAll({ target: 'policy:2', actor: 'p', action: 'y' })).toEqual(['y']);
    expect(await readAll({ from: '2026-02-02T00:00:00Z' })).toEqual(['z', 'y']);
    expect(await readAll({ from: '2026-02-01T00:00:00Z', to: '2026-02-02T00:00:00Z' })).toEqual(['x']);
  });

  it.each([
    [{ limit: 0 }, 'limit must be a whole number from 1 to 100.'],
    [{ from: '2026-02-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }, 'from must be before to.'],
    [
      { next_token: '0' },
      'next_token is not from this list: leave it out to start at the beginning, or pass the next_token of the previous page unchanged.',
    ],
  ])('%j is a ValidationError', async (args, message) => {
    expect(await api.call('Query.auditLog', args)).toEqual({ error: { type: 'ValidationError', message } });
  });

  it('are for people only', async () => {
    expect(await api.call('Query.auditLog', {}, { identity: machine })).toEqual({
      error: {
        type: 'Unauthorized',
        message: 'auditLog is for people only: sign in as one of group viewer.',
      },
    });
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePageToken } from '../../../core/storage/page-token.ts';
import { type ApiUnderTest, makeApi } from '../../support/api.ts';
import { commitEntry, putLegacyEntry, someChange } from '../../support/audit-entries.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const NOW = Date.parse('2026-03-15T12:00:00Z');
const MINUTE = 60_000;

let t: TestTables;
let api: ApiUnderTest;

beforeEach(async () => {
  t = await createTables();
  api = makeApi(t);
});

afterEach(() => t.drop());

async function pages(args: Record<string, unknown>): Promise<string[][]> {
  const all: string[][] = [];
  let next_token: string | null = null;
  do {
    const page = await api.data('Query.auditLog', { ...args, next_token });
    all.push(page.items.map(({ id }: { id: string }) => id));
    next_token = page.next_token;
  } while (next_token !== null);
  return all;
}

describe('the audit log with entries of earlier releases', () => {
  it('shows old and new entries as one list, newest first and oldest first, with pages of any size', async () => {
    const old = [
      await putLegacyEntry(t, { at_ms: NOW - 40 * 86_400_000 }),
      await putLegacyEntry(t, { at_ms: NOW - 20 * MINUTE, id: '01KKRA34000000000000000000' }),
      await putLegacyEntry(t, { at_ms: NOW - 20 * MINUTE, id: '01KKRA34001111111111111111' }),
      await putLegacyEntry(t, { at_ms: NOW - 20 * MINUTE, id: '01KKRA34002222222222222222' }),
    ];
    const fresh = [
      await commitEntry(t, { at_ms: NOW - 19 * MINUTE, started_ms: NOW - 30 * MINUTE }),
      await commitEntry(t, { at_ms: NOW - 18 * MINUTE }),
    ];
    // From a function that is not yet updated.
    const late = await putLegacyEntry(t, { at_ms: NOW - 17 * MINUTE });
    const log = [...old, ...fresh, late];
    for (const limit of [1, 2, 3, 100]) {
      expect((await pages({ limit })).flat()).toEqual(log.toReversed());
      expect((await pages({ limit, order: 'OLDEST_FIRST' })).flat()).toEqual(log);
    }
    for (const [place, id] of log.entries()) {
      expect((await pages({ after_id: id })).flat()).toEqual(log.slice(place + 1));
    }
  });

  it('dates old entries from their beginning', async () => {
    await putLegacyEntry(t, { at_ms: NOW - MINUTE });
    const { items } = await api.data('Query.auditLog');
    expect(items).toMatchObject([{ at: '2026-03-15T11:59:00.000Z', started_at: '2026-03-15T11:59:00.000Z' }]);
  });

  it('accepts a page token of the last release', async () => {
    const ids = [
      await putLegacyEntry(t, { at_ms: NOW - 3 * MINUTE }),
      await putLegacyEntry(t, { at_ms: NOW - 2 * MINUTE }),
      await putLegacyEntry(t, { at_ms: NOW - MINUTE }),
    ];
    const next_token = makePageToken('auditLog', ['2026-03', ids[2]!]);
    const { items } = await api.data('Query.auditLog', { next_token });
    expect(items.map(({ id }: { id: string }) => id)).toEqual([ids[1], ids[0]]);
  });
});

describe('following the audit log', () => {
  it('shows a long operation at the time of its commit, with the time at which it began', async () => {
    const id = await commitEntry(t, { at_ms: NOW, started_ms: NOW - 7 * MINUTE });
    const { items } = await api.data('Query.auditLog');
    expect(items).toMatchObject([
      { id, at: '2026-03-15T12:00:00.000Z', started_at: '2026-03-15T11:53:00.000Z' },
    ]);
  });

  it('returns only settled entries, and the time until which they are settled', async () => {
    const [first, second] = [
      await commitEntry(t, { at_ms: NOW - 2 * MINUTE }),
      await commitEntry(t, { at_ms: NOW - MINUTE - 1 }),
    ];
    const third = await commitEntry(t, { at_ms: NOW - MINUTE });
    const page = await api.data('Query.auditLog', { after_id: first });
    expect(page).toMatchObject({
      items: [{ id: second }],
      next_token: null,
      settled_until: '2026-03-15T11:59:00.000Z',
    });
    expect(await pages({})).toEqual([[third, second, first]]);
    api.now += 1;
    expect(await pages({ after_id: second })).toEqual([[third]]);
    expect(await pages({ after_id: third })).toEqual([[]]);
  });

  it('continues over months and with filters', async () => {
    const log: string[] = [];
    for (const month of ['01', '02', '03']) {
      for (const target of ['policy:1', 'policy:2']) {
        const at_ms = Date.parse(`2026-${month}-02T00:00:00Z`) + log.length;
        log.push(await commitEntry(t, { at_ms }, { ...someChange, target }));
      }
    }
    const filter = { target: 'policy:2', limit: 1 };
    expect((await pages({ ...filter, order: 'OLDEST_FIRST' })).flat()).toEqual([log[1], log[3], log[5]]);
    expect((await pages({ ...filter, after_id: log[1] })).flat()).toEqual([log[3], log[5]]);
    const range = { from: '2026-02-01T00:00:00Z', to: '2026-03-01T00:00:00Z' };
    expect((await pages({ ...range, order: 'OLDEST_FIRST' })).flat()).toEqual([log[2], log[3]]);
  });

  it('continues after a refusal', async () => {
    api.now -= 5 * MINUTE;
    await api.call('Mutation.deletePolicy', { id: 'no-such' });
    api.now += 1;
    const { id } = await api.data('Mutation.createPolicy', { name: 'Voice', priority: 900 });
    api.now += 5 * MINUTE;
    const { items } = await api.data('Query.auditLog', { order: 'OLDEST_FIRST' });
    expect(items).toMatchObject([{ outcome: 'REFUSED' }, { target: `policy:${id}` }]);
    expect(await pages({ after_id: items[0].id })).toEqual([[items[1].id]]);
  });

  it.each([
    [
      { after_id: '01KKRA34003333333333333333' },
      'NotFound',
      'The audit log has no entry with the id in after_id. Give the id of an entry that auditLog answered, or omit after_id to begin at `from`.',
    ],
    [
      { after_id: 'ZZZZZZZZZZZZZZZZZZZZZZZZZZ' },
      'NotFound',
      'The audit log has no entry with the id in after_id. Give the id of an entry that auditLog answered, or omit after_id to begin at `from`.',
    ],
    [
      { after_id: '01KKRA34003333333333333333', order: 'NEWEST_FIRST' },
      'ValidationError',
      'after_id gives entries oldest first: leave order out.',
    ],
    [{ after_id: '' }, 'ValidationError', 'after_id must have 1 to 128 characters.'],
  ])('rejects %j', async (args, type, message) => {
    expect(await api.call('Query.auditLog', args)).toEqual({ error: { type, message } });
  });
});

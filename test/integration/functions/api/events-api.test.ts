import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { stateEventAction } from '../../../../core/events/state-event.ts';
import { type ApiUnderTest, machine, makeApi, personIn } from '../../../support/api.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

interface Event {
  id: string;
  type: string;
  timestamp: string;
}

let tables: TestTables;
let api: ApiUnderTest;

beforeEach(async () => {
  tables = await createTables();
  api = makeApi(tables);
  return () => tables.drop();
});

const createPolicy = (name: string) => api.data('Mutation.createPolicy', { name, priority: 1 });

/** An event that is entered now with an earlier time. */
async function enterEvent(at_ms = api.now): Promise<string> {
  const change = {
    type: 'EDGE_SILENT',
    title: 'Edge edge-7 is silent.',
    target: 'edge:edge-7',
    site_id: 'site-1',
    job: 'cleanup',
  };
  const action = stateEventAction(tables.tables, at_ms, change);
  await tables.client.send(new TransactWriteCommand({ TransactItems: [action] }));
  return action.Put!.Item!.id as string;
}

async function allOf(args: object): Promise<{ items: Event[]; settled_until: string }> {
  const items: Event[] = [];
  for (let next_token: string | null = null; ; ) {
    const page = await api.data('Query.events', { ...args, next_token });
    items.push(...page.items);
    next_token = page.next_token;
    if (next_token === null) return { items, settled_until: page.settled_until };
  }
}

describe('events', () => {
  it('contain changes and other events, newest first', async () => {
    const { id } = await createPolicy('Voice');
    api.now += 1;
    const silent = await enterEvent();
    const { items, settled_until } = await allOf({});
    expect(items).toEqual([
      {
        id: silent,
        type: 'EDGE_SILENT',
        timestamp: '2026-03-15T12:00:00.001Z',
        site_id: 'site-1',
        site_seq: null,
        data: null,
        title: 'Edge edge-7 is silent.',
        actor: null,
        target: 'edge:edge-7',
        target_name: 'edge-7',
        audit_id: null,
      },
      {
        id: expect.any(String),
        type: 'POLICY_CREATED',
        timestamp: '2026-03-15T12:00:00.000Z',
        site_id: null,
        site_seq: null,
        data: null,
        title: 'Policy Voice was created.',
        actor: expect.objectContaining({ sub: 'sub-of-admin', email: null, source_ip: null }),
        target: `policy:${id}`,
        target_name: 'Voice',
        audit_id: items[1]!.id,
      },
    ]);
    expect(settled_until).toBe('2026-03-15T11:59:00.001Z');
  });

  it('contain no refused attempts', async () => {
    await api.call('Mutation.createPolicy', { name: '', priority: 1 });
    expect((await allOf({})).items).toEqual([]);
  });

  it('are filtered by types and site, and come in pages', async () => {
    for (let number = 0; number < 5; number++) {
      await createPolicy(`P${number}`);
      await enterEvent();
      api.now += 1;
    }
    const { items } = await allOf({ types: ['EDGE_SILENT'], limit: 2 });
    expect(items.map(({ type }) => type)).toEqual(Array.from({ length: 5 }, () => 'EDGE_SILENT'));
    expect((await allOf({ site_id: 'site-1', limit: 1 })).items).toEqual(items);
    expect((await allOf({ site_id: 'site-2' })).items).toEqual([]);
  });

  it('begin a minute before the given event, of any kind', async () => {
    const old = await enterEvent();
    api.now += 90_000;
    const close = await enterEvent();
    api.now += 30_000;
    const [known] = [await enterEvent()];
    const late = await enterEvent(api.now - 20_000);
    expect((await allOf({ after_id: known })).items.map(({ id }) => id)).toEqual([close, late, known]);
    expect((await allOf({ after_id: old })).items).toHaveLength(4);
  });

  // Entries are written up to a minute after their time; a client that was disconnected returns now
  // and then.
  it('give a client that returns each event exactly once', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('change' as const) }),
      fc.record({ do: fc.constant('late' as const), by_ms: fc.integer({ min: 0, max: 59_000 }) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 90_000 }) }),
      fc.record({ do: fc.constant('catch up' as const), by: fc.constantFrom('from', 'after_id') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async steps => {
        const from = new Date(api.now).toISOString();
        const written = new Set<string>();
        const seen: string[] = [];
        let settled = from;
        const catchUp = async (by: string) => {
          const last = seen.at(-1);
          const args = by === 'after_id' && last ? { after_id: last } : { from: settled };
          const { items, settled_until } = await allOf({ ...args, limit: 3 });
          for (const { id } of items) if (!seen.includes(id)) seen.push(id);
          if (settled_until > settled) settled = settled_until;
        };
        for (const each of steps) {
          if (each.do === 'wait') api.now += each.ms;
          if (each.do === 'catch up') await catchUp(each.by);
          if (each.do === 'late')
            written.add(await enterEvent(Math.max(api.now - each.by_ms, Date.parse(from))));
          if (each.do === 'change') {
            const { id } = await createPolicy('P');
            written.add(String(id));
          }
        }
        await catchUp('from');
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen).toHaveLength(written.size);
        api.now += 120_000;
      }),
      { numRuns: 8, seed: 7 },
    );
  });

  it.each([
    [{ limit: 101 }, 'limit must be a whole number from 1 to 100.'],
    [{ types: [] }, 'types must be 1 to 50 types of events, such as EDGE_SILENT.'],
    [{ types: ['edge silent'] }, 'types must be 1 to 50 types of events, such as EDGE_SILENT.'],
    [{ from: 'yesterday' }, 'from must be a time such as 2026-01-31T12:00:00Z.'],
    [
      { from: '2026-03-15T12:00:00Z', after_id: '01A' },
      'Give after_id or from, not both: each defines where to begin.',
    ],
  ])('reject %j', async (args, message) => {
    expect(await api.call('Query.events', args)).toEqual({ error: { type: 'ValidationError', message } });
  });

  it('report an unknown event', async () => {
    expect(await api.call('Query.events', { after_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV' })).toEqual({
      error: {
        type: 'NotFound',
        message:
          'The events have no entry with the id in after_id. Give the id of an entry that events answered, or omit after_id to begin at `from`.',
      },
    });
  });

  it.each([
    ['a viewer', personIn('viewer')],
    ['a machine', machine],
  ])('answer %s', async (_, identity) => {
    expect(await api.data('Query.events', {}, { identity })).toMatchObject({ items: [] });
  });

  it('that are not changes are stored outside the audit log, for 30 days', async () => {
    await enterEvent();
    expect((await api.data('Query.auditLog', {})).items).toEqual([]);
    const { Put } = stateEventAction(tables.tables, api.now, {
      type: 'EDGE_BACK',
      title: 'Edge edge-7 is back.',
      target: 'edge:edge-7',
      site_id: null,
      job: 'cleanup',
    });
    expect(Put!.Item!.expires_at).toBe(api.now / 1000 + 30 * 86_400);
  });
});

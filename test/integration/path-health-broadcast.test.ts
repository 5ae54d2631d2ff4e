import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemCaller } from '../../core/audit/caller.ts';
import { commandAction } from '../../core/commands/command-store.ts';
import { commandsOf } from '../../core/commands/commands-of-change.ts';
import type { StreamChange } from '../../core/events/stream-change.ts';
import { registerEdge, retireEdge } from '../../core/network/change-edges.ts';
import { networkBed } from '../support/network-bed.ts';
import { createTables, type TestTables } from '../support/tables.ts';

const SITE = '550e8400-e29b-41d4-a716-446655440000';
const AT = Date.UTC(2026, 0, 31, 12);

let t: TestTables;
beforeAll(async () => {
  t = await createTables();
});
afterAll(() => t.drop());

const change = (pk: string, sk: string, after?: Record<string, unknown>): StreamChange => ({
  kind: after ? 'MODIFY' : 'REMOVE',
  pk,
  sk,
  before: undefined,
  after: after && { pk, sk, ...after },
  at_ms: AT,
});

describe('what edges are told of a change', () => {
  it('is a new command, without its keys', async () => {
    const { context } = networkBed(t);
    const order = { path_id: 'p-1', target: '192.0.2.1', until: '2026-01-31T12:00:10.000Z' };
    const { action, pending } = commandAction(context, 'edge-1', { type: 'PROBE', data: order });
    const { pk, sk, ...item } = action.Put.Item as { pk: string; sk: string };
    expect(pk).toBe('COMMAND#edge-1');
    expect(await commandsOf(change(pk, sk, item), context)).toEqual([pending]);
  });

  it('is to fetch newer policies, for every edge in service', async () => {
    const { context } = networkBed(t);
    const actor = systemCaller('test');
    for (const id of ['edge-1', 'edge-2', 'edge-3'])
      await registerEdge(context, actor, { id, site_id: SITE });
    await retireEdge(context, actor, 'edge-2');
    expect(await commandsOf(change('POLICY', '#META', { version: 17 }), context)).toEqual(
      ['edge-1', 'edge-3'].map(edge_id => ({
        id: 'policies-17',
        edge_id,
        type: 'POLICIES',
        data: { policies_version: '17' },
        created_at: '2026-01-31T12:00:00.000Z',
      })),
    );
  });

  it('is nothing of an acknowledgement, a single policy or anything else', async () => {
    const { context } = networkBed(t);
    for (const other of [
      change('COMMAND#edge-1', 'POLICIES'),
      change('POLICY', '7', { version: 17 }),
      change('POLICY', '#META'),
      change(`SITE#${SITE}`, 'META', { id: SITE }),
    ]) {
      expect(await commandsOf(other, context)).toEqual([]);
    }
  });
});

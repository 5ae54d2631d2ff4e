import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { refusalEntry } from '../../../core/audit/audit-entry.ts';
import { commandAction } from '../../../core/commands/command-store.ts';
import { commandsOf } from '../../../core/commands/commands-of-change.ts';
import type { StreamChange } from '../../../core/events/stream-change.ts';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { registerEdge, retireEdge } from '../../../core/inventory/edges/change-edges.ts';
import { createPath } from '../../../core/inventory/paths/create-path.ts';
import { deletePath } from '../../../core/inventory/paths/delete-path.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { removeEndpoint } from '../../../core/inventory/removal/remove-endpoint.ts';
import { addEndpoint } from '../../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../../core/inventory/sites/create-site.ts';
import { DEFAULT_ROUTING, setPolicyRouting } from '../../../core/routing/decisions/policy-routing.ts';
import { beginOperation } from '../../../core/storage/begun-operation.ts';
import { admin, dump, networkBed, newSite } from '../../support/network-bed.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

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
    const handed = { ...pending, data: { ...order, within_ms: 10_000 } };
    expect(await commandsOf(change(pk, sk, item), context)).toEqual([handed]);
    const late = { ...context, clock: () => Date.parse(order.until) };
    expect(await commandsOf(change(pk, sk, item), late)).toEqual([]);
  });

  it('is to fetch newer policies, for every edge in service', async () => {
    const { context } = networkBed(t);
    const actor = systemCaller('test');
    for (const id of ['edge-1', 'edge-2', 'edge-3'])
      await registerEdge(context, actor, { id, site_id: SITE });
    await retireEdge(context, actor, { id: 'edge-2' });
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

  it('is to read their paths again, for the edges that a change concerns', async () => {
    const { context } = networkBed(t);
    const [a, b, c] = [
      await newSite(context, 'A'),
      await newSite(context, 'B'),
      await newSite(context, 'C'),
    ] as const;
    const actor = admin;
    const endpoint = { endpoint_id: 'wan1', address: '192.0.2.1', interface_type: 'FIBER' };
    for (const { id } of [a, b]) await addEndpoint(context, actor, { site_id: id, ...endpoint });
    for (const [id, site] of [
      ['at-a', a],
      ['at-b', b],
      ['at-c', c],
    ] as const) {
      await registerEdge(context, actor, { id, site_id: site.id });
    }
    const path = await createPath(context, actor, {
      source_site_id: a.id,
      source_endpoint_id: 'wan1',
      destination_site_id: b.id,
      destination_endpoint_id: 'wan1',
    });
    await setPolicyRouting(context, actor, { policy_id: 'default', routing: DEFAULT_ROUTING });
    await deletePath(context, actor, { path_id: path.id });
    await deleteSite(context, actor, { site_id: a.id });
    await restoreSite(context, actor, { site_id: a.id });
    await removeEndpoint(context, actor, { site_id: b.id, endpoint_id: 'wan1' });
    await createSite(context, actor, { name: 'D' });
    const told = new Map<string, string[]>();
    for (const [key, item] of await dump(context)) {
      if (!key.startsWith('CHANGE#')) continue;
      const entry = { ...change(String(item.pk), String(item.sk), item), kind: 'INSERT' as const };
      const commands = await commandsOf(entry, context);
      for (const command of commands) {
        expect(command).toEqual({
          id: `paths-${item.id}`,
          edge_id: command.edge_id,
          type: 'PATHS',
          data: {},
          created_at: item.at,
        });
      }
      told.set(
        `${item.operation} ${item.target}`,
        commands.map(({ edge_id }) => edge_id).filter(id => id.startsWith('at-')),
      );
      // Only a new entry is news.
      expect(await commandsOf({ ...entry, kind: 'MODIFY' }, context)).toEqual([]);
    }
    const everyone = ['at-a', 'at-b', 'at-c'];
    expect(Object.fromEntries(told)).toMatchObject({
      [`createPath path:${path.id}`]: ['at-a', 'at-b'],
      [`deletePath path:${path.id}`]: ['at-a', 'at-b'],
      [`deleteSite site:${a.id}`]: everyone,
      [`restoreSite site:${a.id}`]: everyone,
      [`removeEndpoint endpoint:${b.id}/wan1`]: everyone,
      'setPolicyRouting policy:default': everyone,
      'registerEdge edge:at-c': ['at-c'],
      [`createSite site:${c.id}`]: [],
    });
  });

  it('is nothing of a refusal, an acknowledgement, a single policy or anything else', async () => {
    const { context } = networkBed(t);
    const refused = refusalEntry(beginOperation({ clock: () => AT }), {
      actor: admin,
      operation: 'deleteSite',
      target: `site:${SITE}`,
      error_type: 'NotFound',
      message: 'There is no such site.',
      request: { site_id: SITE },
    });
    for (const other of [
      { ...change('AUDIT#2026-01', refused.id, { ...refused }), kind: 'INSERT' as const },
      change('COMMAND#edge-1', 'POLICIES'),
      change('POLICY', '7', { version: 17 }),
      change('POLICY', '#META'),
      change(`SITE#${SITE}`, 'META', { id: SITE }),
    ]) {
      expect(await commandsOf(other, context)).toEqual([]);
    }
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandAction } from '../../../../core/commands/command-store.ts';
import { transact } from '../../../../core/storage/transact.ts';
import { MAX_ANSWER_BYTES } from '../../../../functions/api/answer-size.ts';
import { resolvers } from '../../../../functions/api/resolvers.ts';
import { makeApi } from '../../../support/api.ts';
import { storeContext } from '../../../support/store-context.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

let t: TestTables;

beforeAll(async () => {
  t = await createTables();
});

afterAll(() => t.drop());

const sizeOf = (data: unknown) => Buffer.byteLength(JSON.stringify(data));

it('shortens a page of large items, and its token continues with the rest', async () => {
  const sites = Array.from({ length: 40 }, (_, index) => ({ id: String(index), name: 'x'.repeat(100_000) }));
  const api = makeApi(t, {
    resolvers: {
      ...resolvers,
      'Query.sites': {
        target: () => null,
        run: async ({ limit, next_token }: { limit: number; next_token?: string }) => {
          const from = Number(next_token ?? 0);
          const items = sites.slice(from, from + limit);
          return { items, next_token: from + limit < sites.length ? String(from + limit) : null };
        },
      },
    },
  });
  const seen: string[] = [];
  let next_token: string | null = null;
  do {
    const page = await api.data('Query.sites', { limit: 30, next_token });
    expect(sizeOf(page)).toBeLessThanOrEqual(MAX_ANSWER_BYTES);
    seen.push(...page.items.map(({ id }: { id: string }) => id));
    next_token = page.next_token;
  } while (next_token !== null);
  expect(seen).toEqual(sites.map(({ id }) => id));
});

it('gives an edge the commands that fit, and the rest after it has acknowledged them', async () => {
  const api = makeApi(t);
  const by = {
    identity: { userArn: 'arn:aws:sts::123456789012:assumed-role/edge/edge-1', username: 'edge-1' },
  };
  const context = storeContext(t, () => api.now);
  const routes = Array.from({ length: 1000 }, (_, index) => ({
    policy_id: `p-${index}`.padEnd(28, '0'),
    path_id: null,
  }));
  const sites = Array.from({ length: 18 }, (_, index) => `site-${index}`);
  for (const destination_site_id of sites) {
    const { action } = commandAction(context, 'edge-1', {
      type: 'ROUTES',
      data: { destination_site_id, routes },
    });
    await transact(t.client, [action], context);
  }
  const told: string[] = [];
  for (;;) {
    const commands = await api.data('Query.pendingCommands', { edge_id: 'edge-1' }, by);
    expect(sizeOf(commands)).toBeLessThanOrEqual(MAX_ANSWER_BYTES);
    if (commands.length === 0) break;
    for (const { id, data } of commands) {
      told.push(JSON.parse(data).destination_site_id);
      await api.data('Mutation.acknowledgeCommand', { edge_id: 'edge-1', command_id: id }, by);
    }
  }
  expect(told.sort()).toEqual(sites.sort());
});

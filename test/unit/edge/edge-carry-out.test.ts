import { expect, it } from 'vitest';
import type { PendingCommand } from '../../../core/commands/edge-command.ts';
import { makeCarryOut } from '../../../edge/commands/carry-out.ts';
import type { EdgeApi } from '../../../edge/commands/edge-api.ts';

const AT = Date.UTC(2026, 0, 31, 12);

async function carriedOut(command: Pick<PendingCommand, 'data'> & { type: string }): Promise<unknown[]> {
  const done: unknown[] = [];
  const api = {
    query: async () => ({ policies: { items: [], next_token: null, policies_version: '7' } }),
    reportProbe: async (...answer: unknown[]) => done.push(['report', ...answer]),
  } as unknown as EdgeApi;
  const carryOut = makeCarryOut({
    api,
    probe: async ({ target }) => ({ probed: target }) as never,
    setPolicies: ({ version }) => done.push(['policies', version]),
    setRoutes: ({ destination_site_id }) => done.push(['routes', destination_site_id]),
    hintPaths: hint => done.push(['paths', hint]),
    endBoot: boot_id => done.push(['end', boot_id]),
    onRefused: ({ contradictions }) => done.push(['refused', contradictions]),
    now: () => AT,
  });
  await carryOut({
    id: 'c-1',
    edge_id: 'edge-1',
    created_at: '2026-01-31T12:00:00.000Z',
    ...command,
  } as PendingCommand);
  return done;
}

const probe = (until: string, more: { within_ms?: number } = {}) => ({
  type: 'PROBE',
  data: { path_id: 'p-1', target: '192.0.2.1', until, ...more },
});

const refusedBoot = (contradictions: number) => ({
  type: 'NEW_BOOT',
  data: { boot_id: 'boot-1', contradictions, reason: 'A total is lower.' },
});

it.each([
  [probe('2026-01-31T12:00:00.000Z'), [['report', 'c-1', { probed: '192.0.2.1' }]]],
  [probe('2026-01-31T11:59:59.999Z'), []],
  // The remaining time counts, whatever the clocks show.
  [probe('2026-01-31T11:00:00.000Z', { within_ms: 1 }), [['report', 'c-1', { probed: '192.0.2.1' }]]],
  [probe('2026-01-31T13:00:00.000Z', { within_ms: 0 }), []],
  [{ type: 'ROUTES', data: { destination_site_id: 'b', routes: [] } }, [['routes', 'b']]],
  // Another policy needs its routes.
  [
    { type: 'POLICIES', data: { policies_version: '7' } },
    [
      ['policies', '7'],
      ['paths', { policies_version: '7' }],
    ],
  ],
  [{ type: 'PATHS', data: {} }, [['paths', {}]]],
  [
    { type: 'PATHS', data: { site_id: 's', paths_version: 3 } },
    [['paths', { site_id: 's', paths_version: 3 }]],
  ],
  [refusedBoot(1), [['refused', 1]]],
  [refusedBoot(2), [['refused', 2]]],
  [
    refusedBoot(3),
    [
      ['refused', 3],
      ['end', 'boot-1'],
    ],
  ],
  [{ type: 'OF_A_LATER_RELEASE', data: {} }, []],
])('carries out %j', async (command, expected) => {
  expect(await carriedOut(command as never)).toEqual(expected);
});

it('reads policies at least as new as the last ones', async () => {
  const named: unknown[] = [];
  const api = {
    async query(_: string, variables: Record<string, unknown>) {
      named.push(variables.policies_version);
      return { policies: { items: [], next_token: null, policies_version: '9' } };
    },
  } as unknown as EdgeApi;
  const ignore = () => {};
  const carryOut = makeCarryOut({
    api,
    probe: async () => ({}) as never,
    setPolicies: ignore,
    setRoutes: ignore,
    hintPaths: ignore,
    endBoot: ignore,
    onRefused: ignore,
  });
  for (const policies_version of ['8', '7', '10']) {
    const rest = { edge_id: 'edge-1', created_at: '2026-01-31T12:00:00.000Z' };
    await carryOut({ id: 'c', type: 'POLICIES', data: { policies_version }, ...rest });
  }
  expect(named).toEqual(['8', '9', '10']);
});

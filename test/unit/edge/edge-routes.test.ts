import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EdgePath, EdgeRoutes } from '../../../core/routing/edge-routes.ts';
import { followRoutes } from '../../../edge/paths/follow-routes.ts';
import { type RouteChange, RouteTable } from '../../../edge/paths/route-table.ts';
import { writeRoutesFile } from '../../../edge/paths/routes-file.ts';
import { routesNews } from '../../../edge/paths/routes-news.ts';
import type { RoutesState } from '../../../edge/paths/routes-reading.ts';
import { fakeTime } from '../../support/fake-time.ts';

const peer = (destination_site_id: string, routes: Record<string, string | null>): EdgeRoutes => ({
  destination_site_id,
  paths: [
    {
      path_id: `to-${destination_site_id}`,
      endpoint_id: 'wan1',
      address: '192.0.2.1',
      peer_endpoint_id: 'wan1',
      peer_address: '198.51.100.1',
    },
  ],
  routes: Object.entries(routes).map(([policy_id, path_id]) => ({ policy_id, path_id })),
});

describe('a table of routes', () => {
  it('returns changed routes and no unchanged ones', () => {
    const table = new RouteTable();
    expect(table.replace([peer('b', { default: 'p-1', 7: 'p-2' })])).toEqual({
      changes: [
        { destination_site_id: 'b', policy_id: '7', path_id: 'p-2', before: undefined },
        { destination_site_id: 'b', policy_id: 'default', path_id: 'p-1', before: undefined },
      ],
      removed: 0,
    });
    expect(table.apply({ destination_site_id: 'b', routes: [{ policy_id: '7', path_id: null }] })).toEqual([
      { destination_site_id: 'b', policy_id: '7', path_id: null, before: 'p-2' },
    ]);
    expect(table.replace([peer('b', { default: 'p-1', 7: null })])).toEqual({ changes: [], removed: 0 });
  });

  it('distinguishes a route without a path from a missing route', () => {
    const table = new RouteTable();
    table.replace([peer('b', { default: 'p-1', 7: null })]);
    expect(table.pathFor({ destination_site_id: 'b', policy_id: 'default' })).toBe('p-1');
    expect(table.pathFor({ destination_site_id: 'b', policy_id: '7' })).toBeNull();
    expect(table.pathFor({ destination_site_id: 'b', policy_id: '8' })).toBeUndefined();
    expect(table.pathFor({ destination_site_id: 'c', policy_id: 'default' })).toBeUndefined();
  });

  it('removes the routes of deleted sites and policies, and returns their number', () => {
    const table = new RouteTable();
    table.replace([peer('b', { default: 'p-1', 7: 'p-2' }), peer('c', { default: 'p-3' })]);
    expect(table.replace([peer('b', { default: 'p-1' })])).toEqual({ changes: [], removed: 2 });
    expect(table.list()).toEqual([{ destination_site_id: 'b', policy_id: 'default', path_id: 'p-1' }]);
  });
});

/** Reads that end when the test ends them. */
function following() {
  const time = fakeTime();
  const readings: {
    /** The least version of all routes that it must see. */
    at_least: number | undefined;
    answer: (peers: EdgeRoutes[], state?: RoutesState) => Promise<void>;
    fail: (why: string) => Promise<void>;
  }[] = [];
  const paths: EdgePath[][] = [];
  const changes: RouteChange[][] = [];
  /** Removed and existing routes, by call. */
  const told: [number, number][] = [];
  const troubles: string[] = [];
  const settle = () => new Promise<void>(resolve => setImmediate(resolve));
  const routes = followRoutes({
    read: at_least =>
      new Promise((resolve, reject) => {
        readings.push({
          at_least,
          answer: (peers, state) => {
            resolve({ state, peers });
            return settle();
          },
          fail: why => {
            reject(new Error(why));
            return settle();
          },
        });
      }),
    onPaths: read => paths.push(read),
    onRoutes(update, table) {
      changes.push(update.changes);
      told.push([update.removed, table.list().length]);
    },
    onTrouble: reason => troubles.push(reason),
    random: () => 0.4,
    schedule: time.schedule,
  });
  return { time, routes, readings, paths, changes, told, troubles };
}

describe('following the routes', () => {
  it('reads paths and routes on request only', async () => {
    const { time, routes, readings, paths, changes } = following();
    routes.refresh();
    await readings[0]!.answer([peer('b', { default: 'to-b' })]);
    expect(paths).toMatchObject([[{ path_id: 'to-b' }]]);
    expect(changes).toMatchObject([[{ path_id: 'to-b', before: undefined }]]);
    await time.advance(86_400_000);
    expect(readings).toHaveLength(1);
    routes.refresh();
    await readings[1]!.answer([peer('b', { default: 'to-b' })]);
    expect(changes).toHaveLength(1);
    await routes.stop();
    routes.refresh();
    expect(readings).toHaveLength(2);
  });

  it('reports the first routes even if there are none, and every removal', async () => {
    const { routes, readings, told } = following();
    routes.refresh();
    await readings[0]!.answer([]);
    expect(told).toEqual([[0, 0]]);
    routes.refresh();
    await readings[1]!.answer([peer('b', { default: 'to-b', 7: 'to-b' })]);
    routes.refresh();
    await readings[2]!.answer([peer('b', { default: 'to-b' })]);
    routes.refresh();
    await readings[3]!.answer([]);
    routes.refresh();
    await readings[4]!.answer([]);
    expect(told).toEqual([
      [0, 0],
      [0, 2],
      [1, 1],
      [1, 0],
    ]);
  });

  it('reads once more, not twice, for all requests during a read', async () => {
    const { routes, readings, paths } = following();
    for (let hint = 0; hint < 3; hint++) routes.refresh();
    expect(readings).toHaveLength(1);
    await readings[0]!.answer([peer('b', {})]);
    expect(readings).toHaveLength(2);
    await readings[1]!.answer([peer('c', {})]);
    expect(paths).toMatchObject([[{ path_id: 'to-c' }]]);
  });

  it('reads after a random part of 5 s, once for all hints in that time', async () => {
    const { time, routes, readings } = following();
    routes.refresh();
    expect(readings).toHaveLength(1);
    await readings[0]!.answer([]);
    routes.hint({});
    await time.advance(1000);
    routes.hint({});
    routes.hint({});
    await time.advance(999);
    expect(readings).toHaveLength(1);
    await time.advance(1);
    expect(readings).toHaveLength(2);
    await readings[1]!.answer([]);
    await time.advance(10_000);
    expect(readings).toHaveLength(2);
    routes.hint({});
    await time.advance(2000);
    expect(readings).toHaveLength(3);
  });

  it('reads once more after a hint during a read, and not at all after it was stopped', async () => {
    const { time, routes, readings } = following();
    routes.refresh();
    routes.hint({});
    await time.advance(2000);
    await readings[0]!.answer([]);
    expect(readings).toHaveLength(2);
    await readings[1]!.answer([]);
    routes.hint({});
    await routes.stop();
    routes.hint({});
    expect(time.waiting).toBe(0);
  });

  it('skips the read for a hint if another has begun since', async () => {
    const { time, routes, readings } = following();
    routes.hint({});
    routes.refresh();
    await readings[0]!.answer([]);
    await time.advance(10_000);
    expect(readings).toHaveLength(1);
  });

  it('does not let an earlier read overwrite an order', async () => {
    const { routes, readings, changes } = following();
    routes.refresh();
    routes.apply({ destination_site_id: 'b', routes: [{ policy_id: 'default', path_id: 'p-new' }] });
    await readings[0]!.answer([peer('b', { default: 'p-old' })]);
    await readings[1]!.answer([peer('b', { default: 'p-new' })]);
    expect(changes.flat()).toMatchObject([{ path_id: 'p-new', before: undefined }]);
  });

  const stateOf = (routing_version: number): RoutesState => ({
    site_id: 'site-a',
    paths_version: 1,
    routing_version,
  });

  it('reads at least the version of a hint, and never an older one than it has', async () => {
    const { time, routes, readings } = following();
    routes.refresh();
    await readings[0]!.answer([], stateOf(4));
    routes.hint({ routing_version: 6 });
    routes.hint({ routing_version: 5 });
    await time.advance(2000);
    await readings[1]!.answer([], stateOf(7));
    routes.hint({ policies_version: '3' });
    await time.advance(2000);
    expect(readings.map(({ at_least }) => at_least)).toEqual([undefined, 6, 7]);
  });

  it.each<[string, (routes: ReturnType<typeof followRoutes>) => void]>([
    ['requested', routes => routes.refresh()],
    ['paths of its own site have changed', routes => routes.hint({ site_id: 'site-a', paths_version: 2 })],
  ])('reads the current state, whatever other hints came: %s', async (_, tell) => {
    const { time, routes, readings } = following();
    routes.refresh();
    await readings[0]!.answer([], stateOf(4));
    routes.hint({ routing_version: 5 });
    tell(routes);
    await time.advance(2000);
    expect(readings.map(({ at_least }) => at_least)).toEqual([undefined, undefined]);
  });

  it('reads the current state once more if a hint came before such a read began', async () => {
    const { time, routes, readings } = following();
    routes.refresh();
    await readings[0]!.answer([], stateOf(4));
    routes.refresh();
    routes.hint({ routing_version: 5 });
    await time.advance(2000);
    await readings[1]!.answer([], stateOf(5));
    expect(readings.map(({ at_least }) => at_least)).toEqual([undefined, undefined, undefined]);
  });

  it('repeats a read with the same version', async () => {
    const { time, routes, readings } = following();
    routes.refresh();
    await readings[0]!.answer([], stateOf(4));
    routes.hint({ routing_version: 5 });
    await time.advance(2000);
    await readings[1]!.fail('too many requests.');
    await time.advance(1000);
    expect(readings.map(({ at_least }) => at_least)).toEqual([undefined, 5, 5]);
  });

  it('keeps its routes when a read fails, reports the failure, and tries again', async () => {
    const { time, routes, readings, changes, troubles } = following();
    routes.refresh();
    await readings[0]!.fail('the system does not answer.');
    expect(troubles).toEqual(['The paths could not be read: the system does not answer.']);
    await time.advance(1000);
    await readings[1]!.answer([peer('b', { default: 'to-b' })]);
    expect(changes).toHaveLength(1);
  });
});

describe('the file of routes', () => {
  let folder: string;
  const route = { destination_site_id: 'b', policy_id: '7', path_id: 'p-1' };
  const written = async () => JSON.parse(await readFile(join(folder, 'routes.json'), 'utf8')).routes;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patronus-routes-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('has the newest routes, also if there are none any more', async () => {
    const file = writeRoutesFile(folder, () => {});
    file.write([route]);
    await file.settled();
    expect(await written()).toEqual([route]);
    file.write([route]);
    file.write([]);
    await file.settled();
    expect(await written()).toEqual([]);
  });

  it('is retried with the newest routes after a failed write', async () => {
    const troubles: string[] = [];
    const file = writeRoutesFile(folder, reason => troubles.push(reason));
    await mkdir(`${file.path}.new`);
    file.write([]);
    file.write([route]);
    await file.settled();
    expect(troubles[0]).toMatch(`The routes could not be written to ${file.path}: EISDIR`);
    await rm(`${file.path}.new`, { recursive: true });
    file.retry();
    await file.settled();
    expect(await written()).toEqual([route]);
    await rm(file.path);
    file.retry();
    await file.settled();
    await expect(written()).rejects.toThrow('ENOENT');
  });
});

it.each([
  [
    { changes: 1, removed: 0, routes: 3, path: 'routes.json' },
    '1 of 3 routes are new or changed: see routes.json.',
  ],
  [
    { changes: 2, removed: 1, routes: 3, path: undefined },
    '2 of 3 routes are new or changed, 1 route was removed.',
  ],
  [{ changes: 0, removed: 2, routes: 0, path: 'routes.json' }, '2 routes were removed: see routes.json.'],
  [{ changes: 0, removed: 0, routes: 3, path: 'routes.json' }, undefined],
])('describes the routes %j', (news, line) => {
  expect(routesNews(news)).toBe(line);
});

import { describe, expect, it } from 'vitest';
import type { EdgePath, EdgeRoutes } from '../../core/routing/edge-routes.ts';
import { followRoutes } from '../../edge/paths/follow-routes.ts';
import { type RouteChange, RouteTable } from '../../edge/paths/route-table.ts';
import { fakeTime } from '../support/fake-time.ts';

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
  it('says what has changed, and nothing of what stays', () => {
    const table = new RouteTable();
    expect(table.replace([peer('b', { default: 'p-1', 7: 'p-2' })])).toEqual([
      { destination_site_id: 'b', policy_id: '7', path_id: 'p-2', before: undefined },
      { destination_site_id: 'b', policy_id: 'default', path_id: 'p-1', before: undefined },
    ]);
    expect(table.apply({ destination_site_id: 'b', routes: [{ policy_id: '7', path_id: null }] })).toEqual([
      { destination_site_id: 'b', policy_id: '7', path_id: null, before: 'p-2' },
    ]);
    expect(table.replace([peer('b', { default: 'p-1', 7: null })])).toEqual([]);
  });

  it('tells no path from no route', () => {
    const table = new RouteTable();
    table.replace([peer('b', { default: 'p-1', 7: null })]);
    expect(table.pathFor({ destination_site_id: 'b', policy_id: 'default' })).toBe('p-1');
    expect(table.pathFor({ destination_site_id: 'b', policy_id: '7' })).toBeNull();
    expect(table.pathFor({ destination_site_id: 'b', policy_id: '8' })).toBeUndefined();
    expect(table.pathFor({ destination_site_id: 'c', policy_id: 'default' })).toBeUndefined();
  });

  it('forgets sites and policies that are gone', () => {
    const table = new RouteTable();
    table.replace([peer('b', { default: 'p-1', 7: 'p-2' }), peer('c', { default: 'p-3' })]);
    table.replace([peer('b', { default: 'p-1' })]);
    expect(table.list()).toEqual([{ destination_site_id: 'b', policy_id: 'default', path_id: 'p-1' }]);
  });
});

/** Readings that end when the test says so. */
function following() {
  const time = fakeTime();
  const readings: {
    answer: (neighbours: EdgeRoutes[]) => Promise<void>;
    fail: (why: string) => Promise<void>;
  }[] = [];
  const paths: EdgePath[][] = [];
  const changes: RouteChange[][] = [];
  const troubles: string[] = [];
  const settle = () => new Promise<void>(resolve => setImmediate(resolve));
  const routes = followRoutes({
    read: () =>
      new Promise((resolve, reject) => {
        readings.push({
          answer: neighbours => {
            resolve(neighbours);
            return settle();
          },
          fail: why => {
            reject(new Error(why));
            return settle();
          },
        });
      }),
    onPaths: read => paths.push(read),
    onRoutes: some => changes.push(some),
    onTrouble: reason => troubles.push(reason),
    reread_ms: 1000,
    schedule: time.schedule,
  });
  return { time, routes, readings, paths, changes, troubles };
}

describe('following the routes', () => {
  it('reads paths and routes when told to, and again after a while', async () => {
    const { time, routes, readings, paths, changes } = following();
    routes.refresh();
    await readings[0]!.answer([peer('b', { default: 'to-b' })]);
    expect(paths).toMatchObject([[{ path_id: 'to-b' }]]);
    expect(changes).toMatchObject([[{ path_id: 'to-b', before: undefined }]]);
    await time.advance(1000);
    await readings[1]!.answer([peer('b', { default: 'to-b' })]);
    expect(readings).toHaveLength(2);
    expect(changes).toHaveLength(1);
    await routes.stop();
    await time.advance(10_000);
    expect(readings).toHaveLength(2);
  });

  it('reads once more, not twice, for all that came while it was reading', async () => {
    const { routes, readings, paths } = following();
    for (let hint = 0; hint < 3; hint++) routes.refresh();
    expect(readings).toHaveLength(1);
    await readings[0]!.answer([peer('b', {})]);
    expect(readings).toHaveLength(2);
    await readings[1]!.answer([peer('c', {})]);
    expect(paths).toMatchObject([[{ path_id: 'to-c' }]]);
  });

  it('does not let what was read before an order take its place', async () => {
    const { routes, readings, changes } = following();
    routes.refresh();
    routes.apply({ destination_site_id: 'b', routes: [{ policy_id: 'default', path_id: 'p-new' }] });
    await readings[0]!.answer([peer('b', { default: 'p-old' })]);
    await readings[1]!.answer([peer('b', { default: 'p-new' })]);
    expect(changes.flat()).toMatchObject([{ path_id: 'p-new', before: undefined }]);
  });

  it('keeps what it has when a reading fails, says so, and tries again', async () => {
    const { time, routes, readings, changes, troubles } = following();
    routes.refresh();
    await readings[0]!.fail('the system does not answer.');
    expect(troubles).toEqual(['The paths could not be read: the system does not answer.']);
    await time.advance(1000);
    await readings[1]!.answer([peer('b', { default: 'to-b' })]);
    expect(changes).toHaveLength(1);
  });
});

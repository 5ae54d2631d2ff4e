import { describe, expect, it } from 'vitest';
import { followRoutes } from '../../../edge/paths/follow-routes.ts';
import type { Route } from '../../../edge/paths/route-table.ts';
import type { RoutesReading } from '../../../edge/paths/routes-reading.ts';

const path = { path_id: 'p1', endpoint_id: 'wan1', address: '', peer_endpoint_id: 'wan1', peer_address: '' };
const route = (path_id: string, policy_id = '7'): Route => ({ destination_site_id: 's', policy_id, path_id });

/** Routes with stored ones; `answer` is the system's answer to a query. */
function follow(answer: () => Promise<RoutesReading>) {
  const seen: Route[][] = [];
  const known: Route[][] = [];
  let used = 0;
  const following = followRoutes({
    read: answer,
    onPaths: () => {},
    onRoutes: (_, table) => seen.push(table.list()),
    onTrouble: () => {},
    kept: { paths: [path], routes: [route('p1'), route('p1', '8')], onUse: () => used++ },
    onKnown: ({ routes }) => known.push(routes),
    schedule: () => () => {},
  });
  return { following, seen, known, used: () => used };
}

describe('the stored routes of an earlier run', () => {
  it('are used once if nothing can be read, and not stored again as new ones', async () => {
    const { following, seen, known, used } = follow(() => Promise.reject(new Error('away')));
    following.refresh();
    following.applyKept();
    await following.stop();
    expect([seen, known, used()]).toEqual([[[route('p1'), route('p1', '8')]], [], 1]);
  });

  it('are not used after other routes were read', async () => {
    const { following, seen, known, used } = follow(async () => ({ state: undefined, peers: [] }));
    following.refresh();
    await new Promise(resolve => setImmediate(resolve));
    following.applyKept();
    await following.stop();
    expect([seen, known, used()]).toEqual([[[]], [[]], 0]);
  });

  it('do not replace routes that were ordered in the meantime', async () => {
    const { following, seen } = follow(async () => ({ state: undefined, peers: [] }));
    following.apply({ destination_site_id: 's', routes: [{ policy_id: '7', path_id: 'p2' }] });
    following.applyKept();
    await following.stop();
    expect(seen.at(-1)).toEqual([route('p2'), route('p1', '8')]);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { edgeToItem, type RegisteredEdge } from '../../../core/inventory/edges/edge-items.ts';
import { newPathId } from '../../../core/inventory/model/path-id.ts';
import { pathItem } from '../../../core/inventory/model/site-items.ts';
import { PathEnds } from '../../../core/routing/metrics/path-ends.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const [A, B, ELSEWHERE] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
const PATH_ID = newPathId(A);
const BEGIN = '2026-01-01T00:00:00.000Z';

describe('the check that an edge is at an end of a path', () => {
  let now: number;
  let database: FakeDynamoDb;
  let ends: PathEnds;

  beforeEach(() => {
    now = Date.parse(BEGIN);
    database = new FakeDynamoDb();
    ends = new PathEnds();
    const path = {
      ...{ id: PATH_ID, source_site_id: A, source_endpoint_id: 'wan1', source_life: 1 },
      ...{ destination_site_id: B, destination_endpoint_id: 'wan1', destination_life: 1 },
      ...{ wg_interface: 'wg0', created_at: BEGIN, rev: 'r' },
    };
    put(pathItem(path, A));
  });

  function put(item: { pk: string; sk: string }): void {
    database.items.set(`${item.pk}\u0000${item.sk}`, item);
  }

  function register(site_id: string, retired_at: RegisteredEdge['retired_at'] = null): void {
    const edge = { id: 'edge-1', site_id, interval_s: 60, registered_at: BEGIN, retired_at };
    put(edgeToItem(edge, { revision: 1, service: [] }));
  }

  const isThere = () =>
    ends.areAt(
      storeContext({ client: database.client, tables: TABLES }, () => now),
      { path_id: PATH_ID, edge_id: 'edge-1' },
    );

  it.each([A, B])('succeeds for an edge in service at either site', async site_id => {
    register(site_id);
    expect(await isThere()).toBe(true);
  });

  it('fails for an edge at another site, a retired or an unregistered one', async () => {
    expect(await isThere()).toBe(false);
    for (const [site_id, retired_at] of [[ELSEWHERE], [A, BEGIN]] as const) {
      now += 10_000;
      register(site_id, retired_at);
      expect(await isThere()).toBe(false);
    }
  });

  it('remembers a success for at most ten minutes', async () => {
    register(A);
    await isThere();
    register(ELSEWHERE);
    now += 599_999;
    expect(await isThere()).toBe(true);
    now += 1;
    expect(await isThere()).toBe(false);
  });

  it('remembers a failure for at most ten seconds', async () => {
    register(ELSEWHERE);
    await isThere();
    register(A);
    now += 9_999;
    expect(await isThere()).toBe(false);
    now += 1;
    expect(await isThere()).toBe(true);
  });

  it('reads again after the clock was set back', async () => {
    register(A);
    await isThere();
    register(ELSEWHERE);
    now -= 1;
    expect(await isThere()).toBe(false);
  });
});

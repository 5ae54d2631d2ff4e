import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerEdge } from '../../../../core/inventory/edges/change-edges.ts';
import { createPath } from '../../../../core/inventory/paths/create-path.ts';
import { addEndpoint } from '../../../../core/inventory/sites/add-endpoint.ts';
import { decodeReport } from '../../../../core/report/decode-report.ts';
import { type ApiUnderTest, makeApi } from '../../../support/api.ts';
import { admin, newSite } from '../../../support/network-bed.ts';
import { storeContext } from '../../../support/store-context.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

let t: TestTables;
let api: ApiUnderTest;
let ids: { a: string; b: string; path_id: string };

beforeAll(async () => {
  t = await createTables();
  api = makeApi(t);
  const context = storeContext(t, () => api.now);
  const [a, b] = [await newSite(context, 'A'), await newSite(context, 'B')];
  const endpoint = { endpoint_id: 'wan1', address: '192.0.2.1', interface_type: 'FIBER' };
  for (const { id } of [a, b]) await addEndpoint(context, admin, { site_id: id, ...endpoint });
  const path = await createPath(context, admin, {
    ...{ source_site_id: a.id, source_endpoint_id: 'wan1' },
    ...{ destination_site_id: b.id, destination_endpoint_id: 'wan1' },
  });
  await registerEdge(context, admin, { id: 'edge-1', site_id: a.id });
  ids = { a: a.id, b: b.id, path_id: path.id };
});
afterAll(() => t.drop());

describe('a UUID in capitals is accepted as the same UUID', () => {
  const range = { from: '2026-03-15T11:00:00Z', to: '2026-03-15T12:00:00Z' };
  it.each<[string, (given: typeof ids) => object]>([
    ['Query.site', ({ a }) => ({ id: a })],
    ['Query.paths', ({ a }) => ({ site_id: a })],
    ['Query.countSitePaths', ({ a }) => ({ site_id: a })],
    ['Query.siteDeletionPreview', ({ a }) => ({ site_id: a })],
    ['Query.endpointStats', ({ a }) => ({ site_id: a })],
    ['Query.topFlows', ({ a }) => ({ site_id: a })],
    ['Query.duplicateCounting', ({ a }) => ({ site_id: a })],
    ['Query.flows', ({ a }) => ({ ...range, filter: { site_id: a } })],
    ['Query.pathLoss', ({ path_id }) => ({ path_id })],
    [
      'Query.routingDecision',
      ({ a, b }) => ({ policy_id: 'default', source_site_id: a, destination_site_id: b }),
    ],
    ['Mutation.checkPathHealth', ({ path_id }) => ({ path_id })],
    ['Mutation.registerEdge', ({ a }) => ({ id: 'edge-1', site_id: a })],
    ['Mutation.updateSite', ({ a }) => ({ site_id: a, name: 'A' })],
  ])('by %s', async (operation, args) => {
    const capitals = {
      a: ids.a.toUpperCase(),
      b: ids.b.toUpperCase(),
      path_id: ids.path_id.toUpperCase(),
    };
    const call = (given: typeof ids) => {
      api.now = Date.parse('2026-03-15T12:00:00Z');
      return api.call(operation as never, args(given) as never);
    };
    const usual = await call(ids);
    expect(usual).toHaveProperty('data');
    expect(withoutTimes(await call(capitals))).toEqual(withoutTimes(usual));
  });

  it('by failoverPath and deletePath, audited in the usual form', async () => {
    for (const operation of ['Mutation.failoverPath', 'Mutation.deletePath'] as const) {
      await api.data(operation, { path_id: ids.path_id.toUpperCase() });
      const refused = await api.call(operation, { path_id: ids.path_id.toUpperCase() });
      expect(refused).toHaveProperty('error');
    }
    const { items } = await api.data('Query.auditLog', { target: `path:${ids.path_id}` });
    const done = items.filter(({ outcome }: { outcome: string }) => outcome === 'DONE');
    expect(done.map(({ operation }: { operation: string }) => operation)).toEqual(
      expect.arrayContaining(['createPath', 'failoverPath', 'deletePath']),
    );
  });

  it('in a report', () => {
    const path = {
      ...{ path_id: ids.path_id.toUpperCase(), latency_ms: 1, jitter_ms: 0, packet_loss_pct: 0 },
      ...{ bandwidth_mbps: 1, measured_at: '2026-03-15T12:00:00Z' },
      ...{ tx_packets: 0, tx_bytes: 0, rx_packets: 0, rx_bytes: 0 },
    };
    const report = {
      ...{
        v: 1,
        edge_id: 'edge-1',
        site_id: ids.a.toUpperCase(),
        boot_id: 'BOOT-A',
        seq: 1,
        part: 0,
        parts: 1,
      },
      ...{ sent_at: '2026-03-15T12:00:00Z', interval_s: 60, policies_version: '1', policies: [], flows: [] },
      paths: [path],
    };
    const { report: decoded } = decodeReport(Buffer.from(JSON.stringify(report)), 'edge-1');
    expect(decoded).toMatchObject({
      site_id: ids.a,
      boot_id: 'BOOT-A',
      paths: [{ path_id: ids.path_id }],
    });
  });
});

/** The parts that differ in every call. */
function withoutTimes(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer, (key, value) =>
      ['updated_at', 'registered_at', 'age_seconds', 'timestamp'].includes(key) ? undefined : value,
    ),
  );
}

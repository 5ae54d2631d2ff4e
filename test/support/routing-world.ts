import { systemCaller } from '../../core/access/caller.ts';
import { registerEdge } from '../../core/inventory/edges/change-edges.ts';
import { createPath } from '../../core/inventory/paths/create-path.ts';
import { createPolicy } from '../../core/inventory/policies/change-policies.ts';
import { addEndpoint } from '../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../core/inventory/sites/create-site.ts';
import type { PathReport } from '../../core/report/report.ts';
import { makeRoutingCache } from '../../core/routing/decisions/routing-cache.ts';
import type { FailoverReceipt } from '../../core/routing/failover/failover-receipt.ts';
import { PathMonitor } from '../../core/routing/failover/path-monitor.ts';
import { makeMetricsCache } from '../../core/routing/metrics/metrics-cache.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import { type FakeTime, fakeTime } from './fake-time.ts';
import { measuringReports } from './measuring-reports.ts';
import { asFunction } from './rights/as-function.ts';
import { storeContext } from './store-context.ts';
import type { TestTables } from './tables.ts';

export const actor = systemCaller('test');

/** One function: its own memory over the shared tables. */
export function routingFunction(db: Pick<TestTables, 'client' | 'tables'>, time: FakeTime) {
  const context: StoreContext = storeContext(db, time.clock);
  const place = { client: db.client, table: db.tables.cache, ...time };
  const caches = { metrics: makeMetricsCache(place), routing: makeRoutingCache(place) };
  const done: string[] = [];
  const receipts: FailoverReceipt[] = [];
  const troubles: unknown[] = [];
  const monitor = new PathMonitor(caches, {
    onFailover: ({ receipt }, operation) => {
      done.push(operation);
      receipts.push(receipt);
    },
    onTrouble: (_path, cause) => troubles.push(cause),
  });
  const observing = {
    observe: (context: StoreContext, paths: readonly PathReport[]) =>
      asFunction('ingest', () => monitor.observe(context, measuringReports(paths, time.clock()))),
    settle: (context: StoreContext) => asFunction('ingest', () => monitor.settle(context)),
  };
  return { context, caches, monitor: observing, reports: monitor, done, receipts, troubles };
}

/** Two sites with an edge each and two paths between them. */
export async function routingWorld(db: Pick<TestTables, 'client' | 'tables'>) {
  const time = fakeTime();
  const main = routingFunction(db, time);
  const { context } = main;
  const [a, b] = [
    await createSite(context, actor, { name: 'A' }),
    await createSite(context, actor, { name: 'B' }),
  ];
  const paths: string[] = [];
  for (const endpoint_id of ['wan1', 'wan2']) {
    const address = { address: `${endpoint_id}.example.com`, interface_type: 'FIBER' };
    await addEndpoint(context, actor, { site_id: a.id, endpoint_id, ...address });
    await addEndpoint(context, actor, { site_id: b.id, endpoint_id, ...address });
    const path = await createPath(context, actor, {
      source_site_id: a.id,
      source_endpoint_id: endpoint_id,
      destination_site_id: b.id,
      destination_endpoint_id: endpoint_id,
    });
    paths.push(path.id);
  }
  const edges = [`edge-${a.id}`, `edge-${b.id}`] as const;
  await registerEdge(context, actor, { id: edges[0], site_id: a.id });
  await registerEdge(context, actor, { id: edges[1], site_id: b.id });
  const key = { policy_id: 'default', source_site_id: a.id, destination_site_id: b.id };
  return { time, ...main, a, b, edges, key, fast: paths[0]!, slow: paths[1]! };
}

/** The measurement of an edge on a path now. */
export function measured(
  time: FakeTime,
  path_id: string,
  latency_ms: number,
  packet_loss_pct = 0,
): PathReport {
  const measured_at = new Date(time.clock()).toISOString();
  const counts = { tx_packets: 0n, tx_bytes: 0n, rx_packets: 0n, rx_bytes: 0n };
  return { path_id, latency_ms, jitter_ms: 1, packet_loss_pct, bandwidth_mbps: 100, measured_at, ...counts };
}

/** Defines an enabled policy. */
export async function definePolicy(context: StoreContext, name: string): Promise<{ id: string }> {
  const input = { name, priority: 10, enabled: true, match: {} };
  return (await createPolicy(context, actor, input)).policy;
}

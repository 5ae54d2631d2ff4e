import { expect, it } from 'vitest';
import { Cache } from '../../../core/cache/cache.ts';
import { PathMonitor } from '../../../core/routing/failover/path-monitor.ts';
import type { RoutingCaches } from '../../../core/routing/routing-caches.ts';
import { makeDocumentClient } from '../../../core/storage/document-client.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';

const NOW = Date.UTC(2026, 0, 31, 12);

/** A database that refuses every call. */
function refusing() {
  const calls: unknown[] = [];
  const slept: number[] = [];
  const client = Object.assign(makeDocumentClient({ region: 'local' }), {
    send: async (command: unknown) => {
      calls.push(command);
      throw new Error('no permission');
    },
  });
  const context: StoreContext = {
    client,
    tables: { audit: 'Audit', network: 'Network', traffic: 'Traffic', cache: 'Cache' },
    clock: () => NOW,
    sleep: async ms => void slept.push(ms),
    random: () => 0,
    deadline: NOW + 1000,
  };
  return { context, calls, slept };
}

const caches: RoutingCaches = {
  metrics: new Cache({ name: 'metrics', ttl_seconds: 60 }),
  routing: new Cache({ name: 'routing', ttl_seconds: 30 }),
};

const report = (path_id: string) => ({
  report: {
    edge_id: 'edge-1',
    part: 0,
    sent_at: new Date(NOW).toISOString(),
    paths: [
      {
        path_id,
        latency_ms: 10,
        jitter_ms: 1,
        packet_loss_pct: 0,
        bandwidth_mbps: 100,
        measured_at: new Date(NOW).toISOString(),
        tx_packets: 0n,
        tx_bytes: 0n,
        rx_packets: 0n,
        rx_bytes: 0n,
      },
    ],
  },
  arrived_at_ms: NOW,
});

it('never fails the counts of a report: each measurement that cannot be processed is reported as trouble', async () => {
  const { context, calls } = refusing();
  const troubles: [string, string][] = [];
  const monitor = new PathMonitor(caches, {
    onTrouble: (path_id, cause) => troubles.push([path_id, (cause as Error).message]),
  });
  await monitor.observe(context, [report('p-1'), report('p-2')]);
  expect(troubles).toEqual([
    ['p-1', 'no permission'],
    ['p-2', 'no permission'],
  ]);
  expect(calls).toHaveLength(2);
});

it('ends an invocation at once if no measurement waits', async () => {
  const { context, calls, slept } = refusing();
  await new PathMonitor(caches).settle(context);
  expect([calls, slept]).toEqual([[], []]);
});

import { beforeEach, describe, expect, it } from 'vitest';
import { Cache } from '../../../core/cache/cache.ts';
import { edgeToItem } from '../../../core/inventory/edges/edge-items.ts';
import { newPathId } from '../../../core/inventory/model/path-id.ts';
import { SITE_STATUS } from '../../../core/inventory/model/site.ts';
import { endpointItem, pathItem, siteItem } from '../../../core/inventory/model/site-items.ts';
import { PathMonitor } from '../../../core/routing/failover/path-monitor.ts';
import { readMetricsWithLane } from '../../../core/routing/metrics/path-metrics-store.ts';
import { type StoreContext, timestamp } from '../../../core/storage/store-context.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const [A, B] = [crypto.randomUUID(), crypto.randomUUID()];
const PATH_ID = newPathId(A);
const BEGIN = Date.UTC(2026, 0, 31, 12);
const SINCE = timestamp(BEGIN);

describe('a function that follows a path', () => {
  let now: number;
  let context: StoreContext;
  let monitor: PathMonitor;
  let troubles: unknown[];

  beforeEach(() => {
    now = BEGIN;
    const database = new FakeDynamoDb();
    const put = (item: { pk: string; sk: string }) => database.items.set(`${item.pk}\u0000${item.sk}`, item);
    const times = { created_at: SINCE, updated_at: SINCE };
    for (const site_id of [A, B]) {
      const site = { id: site_id, name: site_id, location: null, latitude: null, longitude: null };
      put(
        siteItem({
          ...site,
          public_key: null,
          status: SITE_STATUS.active,
          ...times,
          version: 1,
          life: 1,
          seq: 1,
        }),
      );
      const endpoint = { site_id, id: 'wan1', address: '192.0.2.1', interface_type: 'FIBER' as const };
      put(endpointItem({ ...endpoint, cost_per_gb: 0, reachable: null, ...times, status: 'ACTIVE' }));
      const path = {
        ...{ id: PATH_ID, source_site_id: A, source_endpoint_id: 'wan1', source_life: 1 },
        ...{ destination_site_id: B, destination_endpoint_id: 'wan1', destination_life: 1 },
        ...{ wg_interface: 'wg0', created_at: SINCE, rev: 'r' },
      };
      put(pathItem(path, site_id));
    }
    const edge = { id: 'edge-1', site_id: A, interval_s: 60, registered_at: SINCE, retired_at: null };
    put(edgeToItem(edge, { revision: 1, service: [] }));
    context = {
      ...storeContext({ client: database.client, tables: TABLES }, () => now),
      sleep: async ms => {
        now += ms;
      },
    };
    troubles = [];
    monitor = new PathMonitor(
      {
        metrics: new Cache({ name: 'metrics', ttl_seconds: 60, clock: () => now }),
        routing: new Cache({ name: 'routing', ttl_seconds: 30, clock: () => now }),
      },
      { onTrouble: (_path, cause) => troubles.push(cause) },
    );
  });

  const report = (latency_ms: number, measured_ms = now) => ({
    report: {
      ...{ edge_id: 'edge-1', part: 0, sent_at: timestamp(now) },
      paths: [
        {
          ...{ path_id: PATH_ID, latency_ms, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 100 },
          ...{ measured_at: timestamp(measured_ms), tx_packets: 0n, tx_bytes: 0n },
          ...{ rx_packets: 0n, rx_bytes: 0n },
        },
      ],
    },
    arrived_at_ms: now,
  });

  const stored = async () => (await readMetricsWithLane(context, PATH_ID))?.latency_ms;

  it('stores the newest measurement of a batch in any order', async () => {
    await monitor.observe(context, [report(20), report(10, now - 60_000)]);
    expect(troubles).toEqual([]);
    expect(await stored()).toBe(20);
  });

  it('stores at most one measurement a second, then the newest waiting one', async () => {
    await monitor.observe(context, [report(10)]);
    now += 500;
    await monitor.observe(context, [report(200)]);
    now += 100;
    await monitor.observe(context, [report(300)]);
    await monitor.observe(context, [report(100, now - 50)]);
    expect(await stored()).toBe(10);
    await monitor.settle(context);
    expect(now).toBe(BEGIN + 1000);
    expect(await stored()).toBe(300);
  });

  it('stores at once after the clock was set back', async () => {
    await monitor.observe(context, [report(10)]);
    now -= 60_000;
    await monitor.observe(context, [report(200, BEGIN + 1)]);
    await monitor.settle(context);
    expect(now).toBe(BEGIN - 60_000);
  });

  it('never dates a measurement later than now, though the clock of the stream is ahead', async () => {
    const ahead = { ...report(10, now + 5_000), arrived_at_ms: now + 5_000 };
    await monitor.observe(context, [ahead]);
    expect((await readMetricsWithLane(context, PATH_ID))?.measured_at).toBe(timestamp(now));
  });
});

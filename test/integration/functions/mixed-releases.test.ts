import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../../core/ingest/stream-record.ts';
import type { ApiUnderTest } from '../../support/api.ts';
import {
  lastReleaseCode,
  lastReleaseTables,
  type ReleaseCode,
  readLastRelease,
} from '../../support/last-release.ts';
import { seededRandom } from '../../support/random.ts';
import * as today from '../../support/release-code.ts';
import { makeReport, rawRecord, reportRecord, T0 } from '../../support/report-records.ts';
import type { TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const start = Math.ceil(readLastRelease().now / MINUTE) * MINUTE;

interface Release {
  name: string;
  code: ReleaseCode;
  api: ApiUnderTest;
  /**
   * Runs a batch in a warm function of this release.
   * @returns the records that it returns
   */
  count(records: StreamRecord[]): Promise<unknown>;
}

let db: TestTables;
let remove: () => Promise<void>;
let now = start;
let releases: [old: Release, current: Release];

function makeRelease(name: string, code: ReleaseCode): Release {
  const api = code.makeApi(db);
  api.now = start;
  const { memory, quarantined } = code.ingestContext(db);
  return {
    name,
    code,
    api,
    count: records =>
      code.ingest(
        records,
        code.ingestContext({ ...db, memory, quarantined, clock: () => now, deadline: now + MINUTE }),
      ),
  };
}

beforeAll(async () => {
  db = await lastReleaseTables();
  const loaded = await lastReleaseCode();
  remove = loaded.remove;
  releases = [makeRelease('the last release', loaded.code), makeRelease('this release', today)];
});

afterAll(async () => {
  await db?.drop();
  await remove?.();
});

const both = <T>(ask: (api: ApiUnderTest) => Promise<T>): Promise<T[]> =>
  Promise.all(
    releases.map(({ api }) => {
      api.now = now;
      return ask(api);
    }),
  );

/** The total traffic in the answers of both releases, which must be equal. */
async function totals(): Promise<{ packets: bigint; bytes: bigint }> {
  const [old, current] = await both(api => api.data('Query.trafficTotals'));
  expect(current).toMatchObject(old);
  return { packets: BigInt(old.packets_exact), bytes: BigInt(old.bytes_exact) };
}

describe('functions of two releases side by side', () => {
  it('count each report once, in any order of first and repeated deliveries', async () => {
    const random = seededRandom(20_261_129);
    const before = await totals();
    const edges = ['edge-1', 'edge-2', 'new-1', 'new-2'].map(edge_id => ({
      edge_id,
      boot_id: `mixed-${edge_id}`,
      seq: 0,
      packets: 0n,
    }));
    const bytesOf = (packets: bigint) => packets * 100n + 2n ** 60n;
    for (let sequence = 1; sequence <= 60; sequence++) {
      now += 5000;
      const edge = random.pick(edges);
      edge.seq += 1;
      edge.packets += BigInt(random.below(1000));
      const record = reportRecord(
        {
          ...{ edge_id: edge.edge_id, boot_id: edge.boot_id, seq: edge.seq, sent_ms: now - T0 },
          policies: [
            { policy_id: 'default', packets: edge.packets, bytes: bytesOf(edge.packets), active_flows: 2 },
          ],
        },
        { sequence, arrived_ms: now - T0 },
      );
      const first = random.pick(releases);
      expect(await first.count([record])).toEqual([]);
      // A retried batch meets any version.
      if (random.chance(0.3)) expect(await random.pick(releases).count([record])).toEqual([]);
    }
    const reporting = edges.filter(({ seq }) => seq > 0);
    expect(reporting).toHaveLength(4);
    const packets = reporting.reduce((sum, edge) => sum + edge.packets, 0n);
    const bytes = reporting.reduce((sum, edge) => sum + bytesOf(edge.packets), 0n);
    const after = await totals();
    expect(after.packets - before.packets).toBe(packets);
    expect(after.bytes - before.bytes).toBe(bytes);
    for (const audit of await both(api => api.data('Query.trafficAudit'))) expect(audit.agrees).toBe(true);
  });

  it('close a boot that the other one counted, without losing a report', async () => {
    const before = await totals();
    const report = (boot_id: string, seq: number, packets: bigint) =>
      reportRecord(
        {
          ...{ edge_id: 'edge-1', boot_id, seq, sent_ms: now - T0 },
          policies: [{ policy_id: 'default', packets, bytes: packets, active_flows: 1 }],
        },
        { sequence: seq, arrived_ms: now - T0 },
      );
    for (const [at, [one, other]] of [releases, [...releases].reverse() as typeof releases].entries()) {
      now += MINUTE;
      expect(await one.count([report(`first-${at}`, 1, 10n)])).toEqual([]);
      now += MINUTE;
      expect(await other.count([report(`second-${at}`, 1, 5n)])).toEqual([]);
      // A late report of the boot that the other release has closed.
      expect(await one.count([report(`first-${at}`, 2, 17n)])).toEqual([]);
    }
    const after = await totals();
    expect(after.packets - before.packets).toBe(2n * (17n + 5n));
    for (const audit of await both(api => api.data('Query.trafficAudit'))) expect(audit.agrees).toBe(true);
  });

  it('take snapshots of lanes of both releases, which both read as one history', async () => {
    const edges = ['edge-1', 'edge-2', 'edge-3', 'signed-1', 'new-1', 'new-2'];
    const from = Math.ceil(now / MINUTE) * MINUTE;
    for (const [at, { code }] of [...releases, ...releases].entries()) {
      now = from + at * MINUTE;
      const taken = await code.snapshotAt(db, now, edges);
      expect(taken).toMatchObject({ taken: true, lanes: edges.length, bad_lanes: 0 });
      const record = reportRecord(
        {
          ...{ edge_id: 'new-1', boot_id: 'history', seq: at + 1, sent_ms: now - T0 },
          policies: [{ policy_id: 'default', packets: BigInt(100 * (at + 1)), bytes: 1n, active_flows: 1 }],
        },
        { sequence: at + 1, arrived_ms: now - T0 },
      );
      expect(await releases[at % 2 === 0 ? 1 : 0].count([record])).toEqual([]);
    }
    const range = {
      from: new Date(from).toISOString(),
      to: new Date(from + 3 * MINUTE).toISOString(),
      resolution: 'MINUTE',
    };
    const [old, current] = await both(api => api.data('Query.trafficHistory', range));
    expect(current.points).toMatchObject(old.points);
    expect(old.points.map(({ packets_exact }: { packets_exact: string }) => packets_exact)).toEqual([
      '100',
      '100',
      '100',
    ]);
  });

  it('show, undo and restore changes of the other one', async () => {
    const [old, current] = releases.map(({ api }) => api) as [ApiUnderTest, ApiUnderTest];
    for (const [one, other] of [
      [old, current],
      [current, old],
    ] as const) {
      const policy = await one.data('Mutation.createPolicy', { name: 'Mixed', priority: 424 });
      const site = await other.data('Mutation.createSite', { name: 'Mixed' });
      expect(await other.data('Query.policy', { id: policy.id })).toMatchObject({ name: 'Mixed' });
      const removed = await other.data('Mutation.deletePolicy', { id: policy.id });
      expect(await one.data('Query.policy', { id: policy.id })).toBeNull();
      const deleted = await one.data('Mutation.deleteSite', { site_id: site.id });
      expect(await other.data('Query.site', { id: site.id })).toBeNull();
      await other.data('Mutation.restoreSite', { site_id: site.id });
      expect(await one.data('Query.site', { id: site.id })).toMatchObject({
        name: 'Mixed',
        status: 'ACTIVE',
      });
      const { items } = await one.data('Query.auditLog', { limit: 20 });
      const ids = items.map(({ id }: { id: string }) => id);
      expect(ids).toEqual(expect.arrayContaining([removed.audit_id, deleted.audit_id]));
      await one.data('Mutation.undo', { audit_id: removed.audit_id });
      expect(await other.data('Query.policy', { id: policy.id })).toMatchObject({ name: 'Mixed' });
    }
  });
});

describe('edges of two releases', () => {
  it.each([0, 1])('are understood by the functions of the other one (%i)', async which => {
    const [edge, functions] = [releases[which]!, releases[1 - which]!];
    const before = await totals();
    now += MINUTE;
    const flow = { src: '10.1.2.3', src_port: 51_234, dst: '192.0.2.9', dst_port: 443, protocol: 6 };
    const pair = { policy_id: 'default', endpoint_id: 'wan1' };
    const measured = { latency_ms: 12.5, jitter_ms: 0.8, packet_loss_pct: 0.1, bandwidth_mbps: 940 };
    const crossed = { tx_packets: 10n, tx_bytes: 2n ** 60n, rx_packets: 9n, rx_bytes: 900n };
    const seen = new Date(now - 1000).toISOString();
    const report = makeReport({
      ...{ edge_id: `written-${which}`, boot_id: 'b', sent_ms: now - T0, interval_s: 60 },
      policies: [
        { policy_id: 'default', packets: 7n, bytes: 2n ** 62n, active_flows: 3 },
        { policy_id: 'p-unknown', packets: 5n, bytes: 500n },
      ],
      flows: [{ ...pair, ...flow, packets: 7n, bytes: 700n, first: seen, last: seen }],
      paths: [{ path_id: 'p-1', ...measured, ...crossed, measured_at: seen }],
    });
    const records = edge.code
      .encodeReport(report)
      .map(({ data }) => rawRecord(data, { partition_key: report.edge_id, arrived_ms: now - T0 }));
    expect(await functions.count(records)).toEqual([]);
    const after = await totals();
    expect(after.packets - before.packets).toBe(12n);
    expect(after.bytes - before.bytes).toBe(2n ** 62n + 500n);
  });

  it('may have unknown fields', async () => {
    const before = await totals();
    now += MINUTE;
    for (const [at, { count }] of releases.entries()) {
      const sketch = {
        ...{ edge_id: `newer-${at}`, sent_ms: now - T0, of_the_future: { much: 1 } },
        policies: [{ policy_id: 'default', packets: 3n, bytes: 3n, of_the_future: true }],
      };
      expect(await count([reportRecord(sketch as never, { arrived_ms: now - T0 })])).toEqual([]);
    }
    expect((await totals()).packets - before.packets).toBe(6n);
  });
});

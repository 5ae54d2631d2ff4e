import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemCaller } from '../../../../core/access/caller.ts';
import { ingest } from '../../../../core/ingest/ingest.ts';
import { registerEdge } from '../../../../core/inventory/edges/change-edges.ts';
import type { Path } from '../../../../core/inventory/model/site.ts';
import { createPath } from '../../../../core/inventory/paths/create-path.ts';
import { addEndpoint } from '../../../../core/inventory/sites/add-endpoint.ts';
import { createSite } from '../../../../core/inventory/sites/create-site.ts';
import type { StoreContext } from '../../../../core/storage/store-context.ts';
import { type ApiUnderTest, makeApi } from '../../../support/api.ts';
import { ingestContext } from '../../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../../support/report-records.ts';
import { snapshotAt } from '../../../support/snapshot-at.ts';
import { storeContext } from '../../../support/store-context.ts';
import { createTables, type TestTables } from '../../../support/tables.ts';

const MINUTE = 60_000;
const actor = systemCaller('test');

let db: TestTables;
let api: ApiUnderTest;
let path: Path;

beforeAll(async () => {
  db = await createTables();
  api = makeApi(db);
  api.now = T0;
  const context: StoreContext = storeContext(db, () => T0);
  const sites: string[] = [];
  for (const name of ['A', 'B']) {
    const { id } = await createSite(context, actor, { name });
    await addEndpoint(context, actor, {
      site_id: id,
      endpoint_id: 'wan1',
      address: '192.0.2.1',
      interface_type: 'FIBER',
    });
    await registerEdge(context, actor, { id: `edge-${name}`, site_id: id });
    sites.push(id);
  }
  const [source_site_id, destination_site_id] = sites as [string, string];
  path = await createPath(context, actor, {
    source_site_id,
    source_endpoint_id: 'wan1',
    destination_site_id,
    destination_endpoint_id: 'wan1',
  });
});

afterAll(() => db.drop());

/**
 * The report of an edge that has been sending and receiving this number of packets a second on the
 * path since T0.
 */
async function report(
  name: 'A' | 'B',
  { sent_ms, sends, receives }: { sent_ms: number; sends: number; receives: number },
): Promise<void> {
  const seconds = sent_ms / 1000;
  const tx_packets = BigInt(sends * seconds);
  const rx_packets = BigInt(receives * seconds);
  const record = reportRecord(
    {
      edge_id: `edge-${name}`,
      site_id: name === 'A' ? path.source_site_id : path.destination_site_id,
      seq: sent_ms,
      sent_ms,
      paths: [
        {
          path_id: path.id,
          latency_ms: 10,
          jitter_ms: 1,
          packet_loss_pct: 0,
          bandwidth_mbps: 100,
          measured_at: new Date(T0 + sent_ms).toISOString(),
          tx_packets,
          tx_bytes: tx_packets * 500n,
          rx_packets,
          rx_bytes: rx_packets * 500n,
        },
      ],
    },
    { arrived_ms: sent_ms },
  );
  expect(await ingest([record], ingestContext(db))).toEqual([]);
}

it('is unknown for a path whose ends have not reported', async () => {
  const loss = await api.data('Query.pathLoss', { path_id: path.id });
  expect(loss.directions).toMatchObject([
    { from_site_id: path.source_site_id, to_site_id: path.destination_site_id, loss_pct: null },
    { from_site_id: path.destination_site_id, to_site_id: path.source_site_id, loss_pct: null },
  ]);
});

it('compares both ends of a path, in each direction, from the snapshots of the window', async () => {
  for (let minute = 1; minute <= 12; minute++) {
    // A sends 100 a second, of which 90 arrive; all packets of B arrive.
    await report('A', { sent_ms: minute * MINUTE, sends: 100, receives: 40 });
    await report('B', { sent_ms: minute * MINUTE + 20_000, sends: 40, receives: 90 });
    await snapshotAt(db, T0 + (minute + 1) * MINUTE, ['edge-A', 'edge-B']);
  }
  api.now = T0 + 13 * MINUTE;
  const loss = await api.data('Query.pathLoss', { path_id: path.id, window: 10 });
  const [there, back] = loss.directions;
  expect(there.loss_pct).toBeCloseTo(10, 6);
  expect(there.loss_pct_min).toBeLessThan(10);
  expect(there.loss_pct_max).toBeGreaterThan(10);
  expect(there).toMatchObject({ sent_packets: 54_000, received_packets: 48_600 });
  expect(back).toMatchObject({ loss_pct: 0, loss_pct_min: 0 });
});

it('shows the recent and total traffic of the path in the receipt of a failover', async () => {
  const receipt = await api.data('Mutation.failoverPath', { path_id: path.id });
  // From the snapshot of minute 12, which saw the reports of minute 11, to the last ones: 60 s of
  // A, 60 s of B, 500 bytes a packet.
  expect(receipt).toMatchObject({
    without_path: ['default'],
    bytes_moved: 60 * 100 * 500 + 60 * 40 * 500,
    bytes_moved_exact: '4200000',
    moved_since: new Date(T0 + 12 * MINUTE).toISOString(),
    bytes_carried_exact: String(720 * 100 * 500 + 740 * 40 * 500),
  });
});

it.each([
  [{ path_id: 'no path' }, 'NotFound', `There is no path "no path": the query paths lists a site's paths.`],
  [{ path_id: 'x', window: 1 }, 'ValidationError', 'window must be a whole number from 2 to 60.'],
])('rejects %j', async (args, type, message) => {
  expect(await api.call('Query.pathLoss', args)).toEqual({ error: { type, message } });
});

const rangeTo = (minute: number) => ({
  from: new Date(T0).toISOString(),
  to: new Date(T0 + minute * MINUTE).toISOString(),
});

it('returns the history of a path in columns, as its ends reported it', async () => {
  const history = await api.data('Query.pathHistory', { path_id: path.id, ...rangeTo(13) });
  const minutes = history.at.map((end: string) => (Date.parse(end) - T0) / MINUTE);
  expect(minutes).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  // Nothing is known of the time before the first reading.
  const known = (first: number | string) => [null, ...Array(11).fill(first)];
  expect(history).toMatchObject({
    resolution: 'MINUTE',
    step_s: 60,
    latency_ms: known(10),
    jitter_ms: known(1),
    packet_loss_pct: known(0),
    bandwidth_mbps: known(100),
    status: known('OPTIMAL'),
    tx_bits_per_second: known(100 * 500 * 8),
    rx_bits_per_second: known(40 * 500 * 8),
    gaps: Array(12).fill(false),
  });
  const losses = history.passive_loss_pct.map(
    (loss: number | null) => loss && Math.round(loss * 1000) / 1000,
  );
  // The last packets that B received are later than A's last report.
  expect(losses).toEqual([null, ...Array(10).fill(10), null]);
});

it('is empty without reports, contains the other end if one is silent, and a gap without a reading', async () => {
  for (let minute = 13; minute <= 15; minute++) {
    await report('B', { sent_ms: minute * MINUTE + 20_000, sends: 40, receives: 90 });
    if (minute !== 14) await snapshotAt(db, T0 + (minute + 1) * MINUTE, ['edge-A', 'edge-B']);
  }
  await snapshotAt(db, T0 + 17 * MINUTE, ['edge-A', 'edge-B']);
  api.now = T0 + 17 * MINUTE + 1000;
  const from = new Date(T0 + 13 * MINUTE).toISOString();
  const { to } = rangeTo(17);
  const history = await api.data('Query.pathHistory', { path_id: path.id, from, to });
  expect(history).toMatchObject({
    latency_ms: [10, null, 10, null],
    tx_bits_per_second: [90 * 500 * 8, null, 90 * 500 * 8, null],
    rx_bits_per_second: [40 * 500 * 8, null, 40 * 500 * 8, null],
    passive_loss_pct: [null, null, null, null],
    status: ['OPTIMAL', null, 'OPTIMAL', null],
    gaps: [false, true, false, false],
  });
  const coarse = await api.data('Query.pathHistory', { path_id: path.id, from, to, points: 2 });
  expect(coarse).toMatchObject({ step_s: 120, latency_ms: [10, 10], gaps: [false, false] });
});

it.each([
  [{ points: 1501 }, 'points must be a whole number from 1 to 1500.'],
  [
    { to: new Date(T0).toISOString() },
    'from (2026-01-31T12:00:00.000Z) is not before to (2026-01-31T12:00:00.000Z): choose an earlier from or a later to.',
  ],
])('rejects a history with %j', async (args, message) => {
  const asked = { path_id: path.id, ...rangeTo(5), ...args };
  expect(await api.call('Query.pathHistory', asked)).toEqual({ error: { type: 'ValidationError', message } });
});

it('has no history of an unknown path', async () => {
  const path_id = `${path.source_site_id.slice(0, -1)}0`;
  expect(await api.call('Query.pathHistory', { path_id, ...rangeTo(5) })).toMatchObject({
    error: { type: 'NotFound' },
  });
});

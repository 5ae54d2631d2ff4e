import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { flowMatcher } from '../../../core/flows/flow-filter.ts';
import { FlowGroups } from '../../../core/flows/flow-stats.ts';
import { FlowSums } from '../../../core/flows/top-flows.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { readLanesOfEdge } from '../../../core/ledger/figures/read-lanes.ts';
import { lanePathTotals, laneTotals } from '../../../core/ledger/lane/lane-totals.ts';
import { Recorder } from '../../../core/recorder/recorder.ts';
import { encodeReport } from '../../../core/report/encode-report.ts';
import { limitFlows } from '../../../core/totals/other-flows.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { projectFile, projectText } from '../../support/project-files.ts';
import { makeReport, rawRecord, reportRecord } from '../../support/report-records.ts';

const IDS = [
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '*',
  ' ',
  'שלום',
  'x'.repeat(128),
];
const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const SUM = { packets: 3n, bytes: 300n };

const flowOf = (id: string) => ({
  policy_id: id,
  endpoint_id: id,
  src: '10.1.2.3',
  src_port: 1,
  dst: '192.0.2.9',
  dst_port: 2,
  protocol: 17,
  first: '2026-01-31T12:00:00Z',
  last: '2026-01-31T12:00:59Z',
  ...SUM,
});

const pathOf = (path_id: string) => ({
  path_id,
  latency_ms: 1,
  jitter_ms: 1,
  packet_loss_pct: 0,
  bandwidth_mbps: 1,
  measured_at: '2026-01-31T12:00:00Z',
  tx_packets: 1n,
  tx_bytes: 2n,
  rx_packets: 3n,
  rx_bytes: 4n,
});

const sketch = (id: string, boot_id: string, seq: number) => ({
  edge_id: id,
  site_id: id,
  boot_id,
  policies_version: id,
  seq,
  sent_ms: seq,
  policies: IDS.map(policy_id => ({ policy_id, endpoint_id: policy_id, active_flows: 1, ...SUM })),
  flows: IDS.map(flowOf),
  paths: IDS.map(pathOf),
});

describe('an id with the name of a property of plain objects', () => {
  it('is an id like any other in decoder, lanes, boots, packing and counters', async () => {
    const store = new FakeDynamoDb({ strict: true });
    const fresh = () => ingestContext({ client: store.client, tables: TABLES });
    for (const [e, id] of IDS.entries()) {
      for (const [b, boot_id] of ['__proto__', 'constructor', '__proto__'].entries()) {
        const record = reportRecord(sketch(id, boot_id, 1 + b), { sequence: e * 10 + b });
        expect(await ingest([record], fresh())).toEqual([]);
      }
    }
    // Two boots of each edge, each with the same totals.
    const times = 2n * BigInt(IDS.length);
    const counters = await readCounters(store.client, TABLES);
    expect([...counters.keys()].sort()).toEqual([...IDS].sort());
    for (const counts of counters.values()) {
      expect(counts).toEqual({
        packets: 3n * times,
        bytes: 300n * times,
        estimated_bytes: 0n,
        active_flows: IDS.length,
        bit_rate: 0,
        packet_rate: 0,
        rated_pairs: 0,
      });
    }
    for (const id of IDS) {
      const [lane] = await readLanesOfEdge(store.client, TABLES, id);
      const pairs = laneTotals(lane!).map(({ policy_id, packets }) => [policy_id, packets]);
      expect(pairs).toEqual(IDS.map(policy_id => [policy_id, 6n]));
      expect(lanePathTotals(lane!).map(({ path_id, rx_bytes }) => [path_id, rx_bytes])).toEqual(
        IDS.map(path_id => [path_id, 8n]),
      );
    }
  });

  it('is an id like any other in a report that is split and encoded', async () => {
    const store = new FakeDynamoDb();
    const whole = { ...makeReport(sketch('edge-1', 'b', 1)), parts: 5 };
    const records = encodeReport(whole).map(({ data }, sequence) => rawRecord(data, { sequence }));
    expect(await ingest(records, ingestContext({ client: store.client, tables: TABLES }))).toEqual([]);
    const counters = await readCounters(store.client, TABLES);
    expect([...counters].map(([id, { packets }]) => [id, packets]).sort()).toEqual(
      IDS.map(id => [id, 3n]).sort(),
    );
  });

  it('is an id like any other in the recorder', () => {
    const recorder = new Recorder();
    const flow = { src: '10.0.0.1', src_port: 1, dst: '10.0.0.2', dst_port: 2, protocol: 17 };
    for (const id of IDS) {
      recorder.recordFlow(flow, { ...SUM, first_ms: 0, last_ms: 0 }, { policy_id: id, endpoint_id: id });
    }
    const policies = recorder.takeInterval().policies;
    expect(policies.map(({ policy_id, endpoint_id, packets }) => [policy_id, endpoint_id, packets])).toEqual(
      IDS.map(id => [id, id, 3n]),
    );
    for (const id of IDS) {
      expect(recorder.getPolicyStats(id).packets_exact).toBe(3n);
      recorder.resetPolicyStats(id);
      expect(recorder.getPolicyStats(id).packets_exact).toBe(0n);
    }
  });

  it('is an id like any other in sums of flows', () => {
    const flows = [...IDS, ...IDS].map(flowOf);
    expect(
      limitFlows(flows, 100)
        .map(({ policy_id, packets }) => [policy_id, packets])
        .sort(),
    ).toEqual(IDS.map(id => [id, 6n]).sort());
    const report = { edge_id: 'e', sent_at: '', interval_s: 60, flows };
    const sums = new FlowSums(flowMatcher({}));
    for (const site_id of IDS) sums.add({ ...report, site_id });
    expect(sums.largest(1000).flows.map(({ packets }) => packets)).toEqual(
      Array.from({ length: IDS.length ** 2 }, () => 6n),
    );
    const groups = new FlowGroups(['PROTOCOL'], flowMatcher({ policy_ids: ['__proto__'] }));
    groups.add({ ...report, site_id: '__proto__' });
    expect(groups.splitTotal(SUM, { order_by: 'BYTES', limit: 10 }).rows).toMatchObject([{ packets: 6n }]);
  });
});

/** Uses of plain objects as maps whose keys are names of ours. */
const NAMES_OF_OURS: Record<string, string> = {
  'core/report/report-fields.ts': 'a JSON object as JSON.parse made it; only fields of ours are read',
  'core/report/signed-record.ts':
    'the header of a JWS as JSON.parse made it; only parameters of ours are read',
  'core/report/public-key.ts': 'a JWK as JSON.parse made it, and one of ours',
  'core/ingest/ingest-context.ts': 'details of a log line',
  'core/ingest/read-quarantine.ts': "attributes of the quarantine's items",
  'core/ledger/figures/baselines.ts': 'a baseline as it is stored, read by its own parser',
  'core/flows/flow-log-state.ts': 'a page of a query goes on behind a key',
  'core/flows/slice-leases.ts': 'a page of a query goes on behind a key',
  'core/flows/legacy/erase-legacy.ts': 'a page of a query goes on behind a key',
  'core/flows/legacy/read-legacy.ts': 'the values of a query are named here',
  'core/ledger/figures/counter-generations.ts': 'attributes of the head of counters',
  'core/ledger/figures/read-counters.ts': 'a page of a query goes on behind a key',
};

it('is never a key of a plain object in the counting rooms', () => {
  const rooms = ['report', 'ingest', 'recorder', 'totals', 'flows', 'ledger'];
  const files = rooms.flatMap(room => globSync(`core/${room}/**/*.ts`, { cwd: projectFile('.') }));
  expect(files.length).toBeGreaterThan(50);
  const asMap =
    /Record<string,|\[\w+: string\]|Object\.fromEntries\(|Object\.groupBy\(|: \w*_id\b.*\{\}|\b\w+\[\w*_?id\]/;
  const found = files.filter(file => asMap.test(projectText(file)));
  expect(found.filter(file => !(file in NAMES_OF_OURS))).toEqual([]);
});

import type { StreamRecord } from '../../core/ingest/stream-record.ts';
import type { Counts } from '../../core/ledger/figures/read-counters.ts';
import { NO_RATES } from './no-rates.ts';
import { rawRecord, reportRecord } from './report-records.ts';

const FLOW = {
  endpoint_id: 'wan1',
  src: '10.1.2.3',
  src_port: 51_234,
  dst: '192.0.2.9',
  dst_port: 443,
  protocol: 6,
  packets: 10n,
  bytes: 5120n,
  first: '2026-01-31T12:00:00Z',
  last: '2026-01-31T12:00:59Z',
};

export interface FixedStream {
  batches: StreamRecord[][];
  /** The counters of the policies when everything is counted. */
  expected: Record<string, Counts>;
}

/**
 * A small stream with every kind of write: new edges, flows, a boot that ends, a late report of it,
 * a boot whose first report comes after its successor, a record that is not a report, parts, and
 * (`wide`) a step that subtracts gauges first.
 */
export function fixedReports(prefix: string, { wide = true } = {}): FixedStream {
  let sequence = 0;
  const place = () => ({ sequence: ++sequence, arrived_ms: sequence * 10 });
  const report = (edge: string, boot_id: string, seq: number, more: object) =>
    reportRecord({ edge_id: `${prefix}${edge}`, boot_id, seq, sent_ms: seq * 60_000, ...more }, place());
  const one = (packets: bigint, active_flows: number) => [
    { policy_id: `${prefix}1`, packets, bytes: packets * 100n, active_flows },
  ];
  const width = wide ? 80 : 2;
  const many = (from: number, active_flows: number) =>
    Array.from({ length: width }, (_, p) => ({
      policy_id: `${prefix}many-${from + p}`,
      packets: 1n,
      bytes: 40n,
      active_flows,
    }));
  const batches = [
    [
      report('a', 'b1', 1, { policies: one(10n, 2), flows: [{ policy_id: `${prefix}1`, ...FLOW }] }),
      report('b', 'b1', 1, { policies: one(5n, 1), parts: 2 }),
      report('b', 'b1', 1, { policies: one(6n, 1), parts: 2, part: 1 }),
      report('wide', 'b1', 1, { policies: many(0, 1) }),
    ],
    [
      report('a', 'b1', 2, { policies: one(20n, 3) }),
      report('a', 'b2', 1, { policies: one(7n, 4), sent_ms: 200_000 }),
      rawRecord(Buffer.from('no report'), { ...place(), partition_key: `${prefix}a` }),
      report('b', 'b1', 2, { policies: one(9n, 2), parts: 2 }),
      report('wide', 'b1', 2, { policies: many(width, 1) }),
    ],
    [
      report('a', 'b1', 3, { policies: one(25n, 9) }),
      report('a', 'b0', 7, { policies: one(3n, 9), sent_ms: 10 }),
      report('a', 'b2', 2, { policies: one(8n, 5), sent_ms: 260_000 }),
      report('b', 'b1', 1, { policies: one(5n, 1), parts: 2 }),
      report('wide', 'b2', 1, { policies: many(0, 1), sent_ms: 500_000, estimated: true }),
    ],
  ];

  // a: 25 of b1, 3 of b0, 8 of b2 · b: 9 and 6 in two parts
  const expected: FixedStream['expected'] = {
    [`${prefix}1`]: { packets: 51n, bytes: 5100n, estimated_bytes: 0n, active_flows: 5 + 2 + 1, ...NO_RATES },
  };
  for (let p = 0; p < 2 * width; p++) {
    const times = p < width ? 2n : 1n;
    // Of the second boot, which scales from samples, these are the first.
    const [estimated_bytes, active_flows] = p < width ? [40n, 1] : [0n, 0];
    const counts = { packets: times, bytes: 40n * times, estimated_bytes };
    expected[`${prefix}many-${p}`] = { ...counts, active_flows, ...NO_RATES };
  }
  return { batches, expected };
}

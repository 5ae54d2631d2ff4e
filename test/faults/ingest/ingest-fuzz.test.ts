import { beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import type { StreamRecord } from '../../../core/ingest/stream-record.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { readLanesOfEdge } from '../../../core/ledger/figures/read-lanes.ts';
import { laneTotals } from '../../../core/ledger/lane/lane-totals.ts';
import { REJECTION_REASONS } from '../../../core/report/rejection.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { MUTATIONS } from '../../support/mutate-report.ts';
import { quarantinedItems } from '../../support/quarantined.ts';
import { seededRandom } from '../../support/random.ts';
import { makeReport, rawRecord, reportRecord } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const EDGES = 40;
const POLICIES = ['default', '__proto__', 'constructor', 'toString', '7'];

interface FuzzStream {
  records: StreamRecord[];
  /** Sequence numbers of the records that can't be counted, with what was done to them. */
  bad: Map<string, string>;
  /** Packets by policy, and by edge. */
  policies: Map<string, bigint>;
  edges: Map<string, bigint>;
}

/** Edges whose totals grow report by report; every second record is a mutant of the next report. */
function fuzzStream(seed: number, length: number): FuzzStream {
  const random = seededRandom(seed);
  const edges = Array.from({ length: EDGES }, (_, e) => ({
    edge_id: e < POLICIES.length ? POLICIES[e]! : `edge-${e}`,
    seq: 0,
    totals: POLICIES.map(() => 0n),
  }));
  const records: StreamRecord[] = [];
  const bad = new Map<string, string>();
  for (let sequence = 0; sequence < length; sequence++) {
    const edge = random.pick(edges);
    const totals = edge.totals.map(total => total + BigInt(1 + random.below(random.pick([10, 2 ** 40]))));
    const report = makeReport({
      edge_id: edge.edge_id,
      seq: edge.seq + 1,
      sent_ms: sequence,
      policies: POLICIES.map((policy_id, p) => ({
        policy_id,
        packets: totals[p]!,
        bytes: totals[p]! * 64n,
        active_flows: p,
      })),
      flows: [FLOW],
      paths: [PATH],
    });
    // A report that starts again needs an earlier one.
    const mutation = edge.seq > 0 && random.chance(0.5) ? random.pick(MUTATIONS) : undefined;
    const place = { sequence, arrived_ms: sequence, partition_key: edge.edge_id };
    if (mutation) {
      const { data, ...key } = mutation.make(report, random);
      records.push(rawRecord(data, { ...place, ...key }));
    } else {
      records.push(reportRecord({ ...report, sent_ms: sequence }, place));
    }
    if (mutation?.verdict === 'bad') {
      bad.set(records.at(-1)!.sequence_number, mutation.name);
    } else {
      edge.seq++;
      edge.totals = totals;
    }
  }
  const sum = (list: readonly bigint[]) => list.reduce((a, b) => a + b, 0n);
  return {
    records,
    bad,
    policies: new Map(POLICIES.map((id, p) => [id, sum(edges.map(({ totals }) => totals[p]!))])),
    edges: new Map(edges.map(({ edge_id, totals }) => [edge_id, sum(totals)])),
  };
}

const FLOW = {
  policy_id: '7',
  endpoint_id: 'wan1',
  src: '10.1.2.3',
  src_port: 1,
  dst: '192.0.2.9',
  dst_port: 2,
  protocol: 17,
  packets: 10n,
  bytes: 5120n,
  first: '2026-01-31T12:00:00Z',
  last: '2026-01-31T12:00:59Z',
};

const PATH = {
  path_id: 'p-1',
  latency_ms: 1,
  jitter_ms: 1,
  packet_loss_pct: 0,
  bandwidth_mbps: 1,
  measured_at: '2026-01-31T12:00:00Z',
  tx_packets: 1n,
  tx_bytes: 1n,
  rx_packets: 1n,
  rx_bytes: 1n,
};

type Store = Pick<TestTables, 'client' | 'tables'>;

/** Delivers everything in batches, each once: a healthy store leaves nothing unfinished. */
async function deliver({ client, tables }: Store, { records }: FuzzStream, batch: number): Promise<void> {
  const context = ingestContext({
    client,
    tables,
    deadline: Number.POSITIVE_INFINITY,
    flow_log_ttl_hours: 1e5,
  });
  for (let from = 0; from < records.length; from += batch) {
    const open = await ingest(records.slice(from, from + batch), context);
    expect(open.map(({ sequence_number }) => sequence_number)).toEqual([]);
  }
}

async function expectExact({ client, tables }: Store, stream: FuzzStream): Promise<void> {
  const counters = await readCounters(client, tables);
  expect(new Map([...counters].map(([id, { packets }]) => [id, packets]))).toEqual(stream.policies);
  for (const [edge_id, packets] of stream.edges) {
    const lanes = await readLanesOfEdge(client, tables, edge_id);
    const sum = lanes.flatMap(laneTotals).reduce((total, pair) => total + pair.packets, 0n);
    expect(sum, edge_id).toBe(packets);
  }
}

describe('20,000 records, half of them strange', () => {
  const store = new FakeDynamoDb({ strict: true });
  const tables = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
  const stream = fuzzStream(1, 20_000);
  beforeAll(() => deliver({ client: store.client, tables }, stream, 400), 120_000);

  it('contain each kind of mutant many times', () => {
    const names = [...stream.bad.values()];
    const rare = MUTATIONS.filter(
      ({ name, verdict }) => verdict === 'bad' && names.filter(each => each === name).length < 100,
    );
    expect(rare).toEqual([]);
  });

  it('are counted exactly if they are valid', () => expectExact({ client: store.client, tables }, stream));

  it('are quarantined with a reason if they are invalid, and no others are', () => {
    const kept = new Map(quarantinedItems(store).map(item => [item.sequence_number, item]));
    const wrong = [...stream.bad].filter(([sequence]) => !kept.has(sequence));
    expect(wrong, 'counted although bad').toEqual([]);
    const surplus = [...kept].filter(([sequence]) => !stream.bad.has(String(sequence)));
    expect(
      surplus.map(([sequence, { message }]) => [sequence, message]),
      'refused although good',
    ).toEqual([]);
    for (const { reason, message } of kept.values()) {
      expect(Object.keys(REJECTION_REASONS)).toContain(reason);
      expect(message).toMatch(/^[A-Z].+; .+\.$/s);
    }
  });

  it("are rejected for ingest's own reason, never for an error of the database", () => {
    const reasons = new Set(quarantinedItems(store).map(({ reason }) => reason));
    expect(reasons.has('refused')).toBe(false);
    expect(reasons.size).toBeGreaterThan(15);
  });
});

describe('the same on DynamoDB Local', () => {
  it('400 records', async () => {
    const db = await createTables();
    const stream = fuzzStream(2, 400);
    await deliver(db, stream, 200);
    await expectExact(db, stream);
    await db.drop();
  });
});

import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import type { ContradictoryReport, IngestContext } from '../../../core/ingest/ingest-context.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { readLanesOfEdge } from '../../../core/ledger/figures/read-lanes.ts';
import { laneTotals } from '../../../core/ledger/lane/lane-totals.ts';
import { bootPartsKey } from '../../../core/ledger/lane-keys.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { faultyClient } from '../../support/faults.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { quarantinedItems } from '../../support/quarantined.ts';
import { type ReportSketch, rawRecord, reportRecord, T0 } from '../../support/report-records.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const HOUR_MS = 3_600_000;

let store: FakeDynamoDb;
beforeEach(() => {
  store = new FakeDynamoDb();
});

let sequence = 0;

/** A new function ingests these reports. */
async function deliver(sketches: ReportSketch[], more: Partial<IngestContext> = {}): Promise<void> {
  const records = sketches.map(sketch =>
    reportRecord(sketch, { sequence: ++sequence, arrived_ms: sketch.sent_ms ?? 0 }),
  );
  expect(await ingest(records, ingestContext({ client: store.client, tables: TABLES, ...more }))).toEqual([]);
}

async function activeFlows(): Promise<number | undefined> {
  return (await readCounters(store.client, TABLES)).get('7')?.active_flows;
}

const policies = (packets: bigint, active_flows: number) => [{ policy_id: '7', packets, active_flows }];

describe('a boot with fewer parts', () => {
  const three = [0, 1, 2].map(part => ({ boot_id: 'a', part, parts: 3, policies: policies(1n, 10) }));
  const one = (seq: number): ReportSketch => ({
    boot_id: 'b',
    seq,
    sent_ms: 60_000 * seq,
    policies: policies(BigInt(seq), 1),
  });

  it('removes the flows of the other parts of the old boot', async () => {
    await deliver(three);
    expect(await activeFlows()).toBe(30);
    await deliver([one(1)]);
    expect(await activeFlows()).toBe(1);
  });

  it('removes them also if those parts report earlier in the same batch', async () => {
    await deliver([...three, one(1)]);
    expect(await activeFlows()).toBe(1);
  });

  it('removes them with its next report if the function was killed in between', async () => {
    await deliver(three);
    // The calls before it: two for the keys of edges, two for the lane.
    const faulty = faultyClient(store.client, call => (call === 4 ? 'killed after' : undefined));
    expect(faulty.calls).toEqual([]);
    await deliver([one(1)], { client: faulty.client }).catch(() => {});
    expect(faulty.killed).toBe(true);
    expect(await activeFlows()).toBe(21);
    await deliver([one(2)]);
    expect(await activeFlows()).toBe(1);
  });

  it('keeps the flows of parts that report a later boot', async () => {
    await deliver(three);
    await deliver([
      { boot_id: 'c', part: 1, parts: 2, sent_ms: 90_000, policies: policies(1n, 100) },
      one(1),
    ]);
    expect(await activeFlows()).toBe(101);
  });
});

it('stores the number of earlier parts until their flows are removed, and no longer', async () => {
  const parts = [0, 1].map(part => ({ boot_id: 'a', part, parts: 2, policies: policies(1n, 10) }));
  const noted = async () => (await readLanesOfEdge(store.client, TABLES, 'edge-1'))[0]?.parts_before;
  await deliver(parts);
  await deliver([{ boot_id: 'b', seq: 1, sent_ms: 1000 }]);
  expect(await noted()).toBe(2);
  await deliver([{ boot_id: 'b', seq: 2, sent_ms: 2000 }]);
  expect(await noted()).toBe(0);
});

it('dates a boot from its first report, whichever part reports later', async () => {
  for (const [part, sent_ms] of [1000, 5000].entries())
    await deliver([{ boot_id: 'a', part, parts: 2, sent_ms }]);
  const { pk, sk } = bootPartsKey('edge-1', 'a');
  expect(store.items.get(`${pk}\u0000${sk}`)).toMatchObject({ parts: 2, first_heard_at_ms: T0 + 1000 });
});

describe('reports that contradict their boot', () => {
  it('about its parts are passed on, also if both parts are new at the same time', async () => {
    const [first, second] = [1, 2].map(parts => ({ part: parts - 1, parts, policies: policies(5n, 1) }));
    const passed: string[] = [];
    // The second is read before the first is written, and written behind it.
    let isWritten = false;
    const client = clientWith(async command => {
      if (command instanceof TransactWriteCommand && !isWritten) {
        isWritten = true;
        await deliver([first!]);
      }
      return store.send(command);
    });
    await deliver([second!], {
      client,
      onContradictions: async reports => void passed.push(...reports.map(({ reason }) => reason)),
    });
    expect(isWritten).toBe(true);
    expect((await readCounters(store.client, TABLES)).get('7')?.packets).toBe(5n);
    expect(passed).toEqual([expect.stringContaining('(2 parts, 1 before)')]);
    expect(quarantinedItems(store)).toMatchObject([{ reason: 'parts_changed' }]);
  });

  it('are passed on with their reasons, and no other reports are', async () => {
    const passed: ContradictoryReport[] = [];
    const onContradictions = async (reports: ContradictoryReport[]) => void passed.push(...reports);
    await deliver([{ seq: 5, policies: policies(10n, 0) }], { onContradictions });
    expect(passed).toEqual([]);
    const garbage = rawRecord(Buffer.from('garbage'), { sequence: ++sequence });
    const records = [
      garbage,
      ...[
        { seq: 4, policies: policies(9n, 0) },
        { seq: 5, policies: policies(11n, 0) },
        { seq: 6, policies: policies(9n, 0) },
        { seq: 20_000_000, policies: policies(12n, 0) },
        { seq: 7, parts: 2 },
        { seq: 8, policies: policies(12n, 0) },
      ].map(sketch => reportRecord(sketch, { sequence: ++sequence })),
    ];
    await ingest(records, ingestContext({ client: store.client, tables: TABLES, onContradictions }));
    expect(passed.map(({ edge_id, boot_id, part, seq }) => [edge_id, boot_id, part, seq])).toEqual(
      [5, 6, 20_000_000, 7].map(seq => ['edge-1', 'boot-1', 0, seq]),
    );
    expect(passed.map(({ reason }) => reason.split(/[;:(]/)[0])).toEqual([
      'A total is higher than in the same or a later report of the same boot',
      'A total is lower than in an earlier report of the same boot',
      'The report number is more than 10,000,000 above the last one of the same boot',
      'The number of parts differs from that of earlier reports of the same boot',
    ]);
  });

  it('do not stop counting if they cannot be passed on', async () => {
    const warnings: string[] = [];
    await deliver(
      [
        { seq: 5, policies: policies(10n, 0) },
        { seq: 5, policies: policies(11n, 0) },
      ],
      {
        onContradictions: () => Promise.reject(new Error('down')),
        warn: message => void warnings.push(message),
      },
    );
    expect(warnings).toContain('Edges were not notified of refused reports.');
  });
});

describe('an idle pair', () => {
  const many = (packets: bigint) =>
    Array.from({ length: 30 }, (_, i) => ({ policy_id: `p${i}`, packets, bytes: packets }));
  const live = (packets: bigint) => [{ policy_id: 'live', packets, bytes: packets }];

  async function shown(policy_id: string): Promise<bigint | undefined> {
    const [lane] = await readLanesOfEdge(store.client, TABLES, 'edge-1');
    const found = laneTotals(lane!).filter(pair => pair.policy_id === policy_id);
    expect(found).toHaveLength(1);
    const counted = (await readCounters(store.client, TABLES)).get(policy_id);
    expect(counted?.packets).toBe(found[0]!.packets);
    return found[0]!.packets;
  }

  async function held(): Promise<number> {
    return (await readLanesOfEdge(store.client, TABLES, 'edge-1'))[0]!.pairs.size;
  }

  beforeEach(async () => {
    await deliver([{ boot_id: 'a', seq: 1, policies: [...many(10n), ...live(1n)] }]);
    await deliver([{ boot_id: 'a', seq: 2, sent_ms: 25 * HOUR_MS, policies: live(2n) }]);
    expect(await held()).toBe(1);
  });

  it('continues from its total when it returns, and is rejected below it', async () => {
    const sent_ms = 26 * HOUR_MS;
    await deliver([{ boot_id: 'a', seq: 3, sent_ms, policies: [{ policy_id: 'p3', packets: 4n }] }]);
    expect(await shown('p3')).toBe(10n);
    await deliver([
      { boot_id: 'a', seq: 4, sent_ms, policies: [{ policy_id: 'p3', packets: 12n, bytes: 12n }] },
    ]);
    expect(await shown('p3')).toBe(12n);
    expect(await held()).toBe(2);
  });

  it('is still known to its boot when that boot closes, reports late and becomes current again', async () => {
    await deliver([
      { boot_id: 'b', seq: 1, sent_ms: 26 * HOUR_MS, policies: [{ policy_id: 'p4', packets: 1n }] },
    ]);
    const late = { boot_id: 'a', seq: 3, sent_ms: 25 * HOUR_MS + 1 };
    await deliver([{ ...late, policies: [{ policy_id: 'p5', packets: 15n, bytes: 15n }] }]);
    expect(await shown('p5')).toBe(15n);
    expect(await shown('p4')).toBe(11n);
    const again = { boot_id: 'a', seq: 4, sent_ms: 27 * HOUR_MS };
    await deliver([
      {
        ...again,
        policies: ['p4', 'p5', 'p6'].map(policy_id => ({ policy_id, packets: 20n, bytes: 20n })),
      },
    ]);
    expect(await Promise.all(['p4', 'p5', 'p6', 'p7'].map(shown))).toEqual([21n, 20n, 20n, 10n]);
  });

  it('returns with its boot after it was idle under another one', async () => {
    await deliver([
      { boot_id: 'b', seq: 1, sent_ms: 26 * HOUR_MS, policies: [...many(1n), ...live(1n)] },
      { boot_id: 'b', seq: 2, sent_ms: 60 * HOUR_MS, policies: live(2n) },
    ]);
    expect(await held()).toBe(1);
    await deliver([
      {
        boot_id: 'a',
        seq: 3,
        sent_ms: 61 * HOUR_MS,
        policies: [{ policy_id: 'p3', packets: 12n, bytes: 12n }],
      },
    ]);
    expect(await Promise.all(['p3', 'p4', 'live'].map(shown))).toEqual([13n, 11n, 4n]);
    await deliver([{ boot_id: 'b', seq: 3, sent_ms: 62 * HOUR_MS, policies: many(5n).slice(4, 6) }]);
    expect(await Promise.all(['p3', 'p4', 'p5', 'p6'].map(shown))).toEqual([13n, 15n, 15n, 11n]);
  });

  it('that becomes idle again keeps its last counts', async () => {
    const at = (hours: number, seq: number, packets: bigint, more = {}) => ({
      boot_id: 'a',
      seq,
      sent_ms: hours * HOUR_MS,
      policies: [
        ...live(packets),
        ...Object.entries(more).map(([policy_id]) => ({ policy_id, packets, bytes: packets })),
      ],
    });
    await deliver([at(26, 3, 20n, { p8: true })]);
    await deliver([at(80, 4, 21n)]);
    expect(await held()).toBe(1);
    expect(await shown('p8')).toBe(20n);
    await deliver([at(81, 5, 22n, { p8: true })]);
    expect(await shown('p8')).toBe(22n);
  });
});

import { createHash } from 'node:crypto';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import type { IngestContext } from '../../../core/ingest/ingest-context.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { readAllLanes, readLanesOfEdge } from '../../../core/ledger/figures/read-lanes.ts';
import { laneKey } from '../../../core/ledger/lane-keys.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { faultyClient } from '../../support/faults.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { NO_RATES } from '../../support/no-rates.ts';
import { quarantinedItems } from '../../support/quarantined.ts';
import { makeReport, rawRecord, reportRecord, T0 } from '../../support/report-records.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

let store: FakeDynamoDb;
let context: IngestContext;
beforeEach(() => {
  store = new FakeDynamoDb();
  context = ingestContext({ client: store.client, tables: TABLES });
});

const counters = async () => Object.fromEntries(await readCounters(store.client, TABLES));
const quarantined = () => quarantinedItems(store);
const manyPolicies = (from: number, count: number) =>
  Array.from({ length: count }, (_, p) => ({
    policy_id: `${from + p}`,
    packets: 1n,
    bytes: 40n,
    active_flows: 1,
  }));

describe('a batch', () => {
  it('of 100 edges with the same 20 policies takes two transactions: 80 and 20 lanes with 20 counters each', async () => {
    const records = (seq: number) =>
      Array.from({ length: 100 }, (_, edge) =>
        reportRecord({
          edge_id: `edge-${edge}`,
          seq,
          policies: manyPolicies(1, 20).map(pair => ({ ...pair, packets: BigInt(seq) })),
        }),
      );
    await ingest(records(1), context);
    store.transactionItemBytes.length = 0;
    context.tally.Transactions = 0;
    await ingest(records(2), context);
    expect(context.tally.Transactions).toBe(2);
    expect(store.transactionItemBytes).toHaveLength(100 + 2 * 20);
    expect(store.transactionItemBytes.every(bytes => bytes <= 1024)).toBe(true);
  });

  it('writes a lane once for any number of its reports', async () => {
    const records = [1, 2, 3, 4].map(seq =>
      reportRecord({ seq, policies: [{ policy_id: '7', packets: BigInt(seq) }] }, { sequence: seq }),
    );
    await ingest(records, context);
    expect(context.tally).toMatchObject({ ReportsApplied: 4, Transactions: 1 });
    expect(store.transactionItemBytes).toHaveLength(['lane', 'counter', 'heard edge', 'parts'].length);
    expect((await counters())['7']?.packets).toBe(4n);
  });

  it('reads a lane once, then keeps it in memory', async () => {
    for (let seq = 1; seq < 5; seq++) await ingest([reportRecord({ seq })], context);
    expect(context.tally.LanesRead).toBe(1);
  });

  it('writes nothing for repeated reports', async () => {
    const record = reportRecord({ policies: [{ policy_id: '7', packets: 1n }] });
    await ingest([record], context);
    await ingest([record, record], context);
    expect(context.tally).toMatchObject({ ReportsApplied: 1, ReportsOld: 2, Transactions: 1 });
  });

  it('subtracts the gauges of 80 policies first if 80 others are added', async () => {
    await ingest([reportRecord({ seq: 1, policies: manyPolicies(0, 80) })], context);
    await ingest([reportRecord({ seq: 2, policies: manyPolicies(80, 80) })], context);
    expect(context.tally).toMatchObject({ ReportsApplied: 2, Transactions: 3 });
    const shown = await counters();
    expect(shown['3']).toEqual({
      packets: 1n,
      bytes: 40n,
      estimated_bytes: 0n,
      active_flows: 0,
      ...NO_RATES,
    });
    expect(shown['83']).toEqual({
      packets: 1n,
      bytes: 40n,
      estimated_bytes: 0n,
      active_flows: 1,
      ...NO_RATES,
    });
  });

  it('writes at most eight boots of a lane in a transaction, because their items may be large', async () => {
    const boots: number[] = [];
    const client = clientWith(command => {
      if (command instanceof TransactWriteCommand) {
        const written = command.input.TransactItems!.flatMap(({ Put }) => Put?.Item ?? []);
        boots.push(written.filter(({ pk, sk }) => `${pk} ${sk}`.startsWith('BOOT#edge-1 0#')).length);
      }
      return store.send(command);
    });
    const records = Array.from({ length: 12 }, (_, i) =>
      reportRecord({ boot_id: `boot-${i}`, sent_ms: i }, { sequence: i, arrived_ms: i }),
    );
    await ingest(records, { ...context, client });
    expect(context.tally.ReportsApplied).toBe(12);
    expect(Math.max(...boots)).toBeLessThanOrEqual(8);
  });

  it('leaves idle pairs in the lane while its transaction is full', async () => {
    const at = (hours: number) => ({ arrived_ms: hours * 3_600_000, sequence: hours });
    const send = (seq: number, hours: number, from: number, count: number) =>
      ingest(
        [reportRecord({ seq, sent_ms: hours * 3_600_000, policies: manyPolicies(from, count) }, at(hours))],
        context,
      );
    await send(1, 0, 0, 60);
    await send(2, 20, 100, 80);
    // The first 60 are idle now. The gauges of 80 policies and 18 new ones fill the transaction.
    await send(3, 25, 200, 18);
    const [full] = await readLanesOfEdge(store.client, TABLES, 'edge-1');
    expect([full?.pairs.size, full?.idle_version]).toEqual([158, 0]);
    await send(4, 26, 200, 18);
    const [later] = await readLanesOfEdge(store.client, TABLES, 'edge-1');
    expect(later?.pairs.size).toBe(98);
    expect(context.tally).toMatchObject({ ReportsApplied: 4, ReportsQuarantined: 0 });
  });

  it('does not subtract the gauges of the last report earlier than necessary', async () => {
    let now = T0;
    const client = clientWith(async command => {
      const answer = await store.send(command);
      if (command instanceof TransactWriteCommand) now = context.deadline;
      return answer;
    });
    const records = [0, 80].map((from, i) =>
      reportRecord({ seq: i + 1, policies: manyPolicies(from, 80) }, { sequence: i }),
    );
    const left = await ingest(records, { ...context, client, clock: () => now });
    expect(left).toEqual(records.slice(1));
    expect((await counters())['3']).toMatchObject({ packets: 1n, active_flows: 1 });
  });

  it.each([
    ['of the same boot', 18, 'boot-1'],
    // The closing boot has two items, one written late would have two, and the number of the new
    // one's parts is fixed.
    ['of another boot', 13, 'boot-2'],
  ])(
    'subtracts the gauges of 80 policies in the transaction of a report %s, with room for %s others',
    async (_, room, boot_id) => {
      for (const others of [room, room + 1]) {
        const edge_id = `edge-${others}`;
        await ingest([reportRecord({ edge_id, seq: 1, policies: manyPolicies(0, 80) })], context);
        context.tally.Transactions = 0;
        const sent_ms = 1;
        await ingest(
          [reportRecord({ edge_id, boot_id, seq: 2, sent_ms, policies: manyPolicies(80, others) })],
          context,
        );
        expect([others, context.tally.Transactions]).toEqual([others, others > room ? 2 : 1]);
      }
      expect(context.tally).toMatchObject({ ReportsApplied: 4, ReportsQuarantined: 0 });
      expect((await counters())['80']).toMatchObject({ packets: 2n, active_flows: 2 });
      expect((await counters())['79']).toMatchObject({ packets: 2n, active_flows: 0 });
    },
  );

  it('counts past 2^53 and past 2^64 exactly', async () => {
    const bytes = 2n ** 63n - 1n;
    for (let edge = 0; edge < 5; edge++) {
      await ingest([reportRecord({ edge_id: `e${edge}`, policies: [{ policy_id: '7', bytes }] })], context);
    }
    expect((await counters())['7']?.bytes).toBe(5n * bytes);
  });

  it('in one shard counts in the slot of that shard', async () => {
    await ingest([reportRecord({ policies: [{ policy_id: '7', packets: 1n }] }, { shard: 35 })], context);
    expect(store.items.get('COUNTER#3\u00007')).toMatchObject({ packets: 1 });
  });

  it('adds a new edge to the list of known edges', async () => {
    const parts = [0, 1].map(part => reportRecord({ edge_id: 'new', part, parts: 2 }));
    await ingest(parts, context);
    expect(store.dump().filter(({ pk }) => pk === 'EDGE')).toEqual([{ pk: 'EDGE', sk: 'new', heard: true }]);
  });

  it('keeps edges with similar ids apart', async () => {
    const policies = [{ policy_id: '7', packets: 1n }];
    for (const edge_id of ['a', 'a#0', 'a#1', 'A'])
      await ingest([reportRecord({ edge_id, policies })], context);
    for (const edge_id of ['a', 'a#0', 'a#1', 'A']) {
      const lanes = await readLanesOfEdge(store.client, TABLES, edge_id);
      expect(lanes.map(lane => [lane.edge_id, lane.part])).toEqual([[edge_id, 0]]);
    }
    let lanes = 0;
    for await (const _ of readAllLanes(store.client, TABLES)) lanes++;
    expect(lanes).toBe(4);
  });
});

describe('a record that cannot be counted', () => {
  it('is quarantined with reason, bytes and place, and the rest of the batch counts', async () => {
    const garbage = rawRecord(Buffer.from('garbage'), { sequence: 2, shard: 5 });
    const records = [
      reportRecord({ seq: 1, policies: [{ policy_id: '7', packets: 5n }] }, { sequence: 1 }),
      garbage,
      reportRecord({ seq: 2, policies: [{ policy_id: '7', packets: 4n }] }, { sequence: 3 }),
      reportRecord({ seq: 3, policies: [{ policy_id: '7', packets: 6n }] }, { sequence: 4 }),
    ];
    expect(await ingest(records, context)).toEqual([]);
    expect((await counters())['7']?.packets).toBe(6n);
    expect(context.tally).toMatchObject({ ReportsApplied: 2, ReportsQuarantined: 2 });
    expect(quarantined()).toEqual([
      {
        pk: expect.stringMatching(/^QUARANTINE#\d\d$/),
        written_by: expect.any(String),
        sk: '2026-01-31T12:00:00.000Z#shardId-000000000000#10003',
        reason: 'total_went_down',
        message:
          'A total is lower than in an earlier report of the same boot; start a new boot where totals begin again ' +
          '(packets of policy "7", endpoint "wan1": 4 after 5).',
        partition_key: 'edge-1',
        shard_id: 'shardId-000000000000',
        sequence_number: '10003',
        arrived_at: '2026-01-31T12:00:00.000Z',
        data: new Uint8Array(records[2]!.data),
        size: records[2]!.data.length,
      },
      {
        pk: expect.stringMatching(/^QUARANTINE#\d\d$/),
        written_by: expect.any(String),
        sk: '2026-01-31T12:00:00.000Z#shardId-000000000005#10002',
        reason: 'not_json',
        message:
          'The record is not JSON; send one report as one JSON object (Unexpected token \'g\', "garbage" is not valid JSON).',
        partition_key: 'edge-1',
        shard_id: 'shardId-000000000005',
        sequence_number: '10002',
        arrived_at: '2026-01-31T12:00:00.000Z',
        data: new Uint8Array(garbage.data),
        size: 7,
      },
    ]);
  });

  it('keeps its first 256 KB and the hash of all its bytes if it is larger', async () => {
    await ingest([rawRecord(Buffer.alloc(300_000, 'x'))], context);
    expect(quarantined()).toMatchObject([
      {
        reason: 'too_large',
        size: 300_000,
        sha256: '29927e273accc68286005017f7fa6e4f27bddb4db3083ff8b8d4c3667905b7fa',
      },
    ]);
    expect((quarantined()[0]!.data as Uint8Array).length).toBe(256 * 1024);
  });

  it('is delivered again while the quarantine cannot be written', async () => {
    const down = faultyClient(store.client, () => 'throttled');
    const garbage = rawRecord(Buffer.from('garbage'));
    expect(await ingest([garbage], { ...context, client: down.client })).toEqual([garbage]);
    expect(await ingest([garbage], { ...context, deadline: context.clock() + 60_000 })).toEqual([]);
    expect(quarantined()).toHaveLength(1);
  });

  it('is only the report that makes its lane too large', async () => {
    const PAIRS = 1000;
    const pairs = (prefix: string) =>
      Array.from({ length: PAIRS }, (_, i) => ({
        policy_id: 'p',
        endpoint_id: createHash('sha256').update(`${prefix}${i}`).digest('hex'),
        packets: 1n,
      }));
    const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
    // Each report has its own boot, because a boot has a limit too.
    const records = letters.map((letter, i) =>
      reportRecord({ boot_id: letter, sent_ms: i, policies: pairs(letter) }, { sequence: i, arrived_ms: i }),
    );
    expect(await ingest(records, context)).toEqual([]);
    expect(context.tally.ReportsApplied).toBeGreaterThan(2);
    expect(context.tally.ReportsApplied + context.tally.ReportsQuarantined).toBe(12);
    expect(new Set(quarantined().map(({ reason }) => reason))).toEqual(new Set(['lane_too_large']));
    const refused = letters.map((_, i) => `${10_000 + i}`).slice(context.tally.ReportsApplied);
    expect(quarantined().map(({ sequence_number }) => sequence_number)).toEqual(refused);
    expect((await counters()).p?.packets).toBe(BigInt(context.tally.ReportsApplied * PAIRS));
  });

  it('is a report that makes its boot larger than an item', async () => {
    const report = (seq: number) =>
      reportRecord(
        {
          seq,
          policies: Array.from({ length: 900 }, (_, i) => ({
            policy_id: 'p',
            endpoint_id: `${'e'.repeat(100)}${seq}-${i}`,
            packets: 1n,
          })),
        },
        { sequence: seq },
      );
    expect(await ingest([1, 2, 3, 4].map(report), context)).toEqual([]);
    expect(quarantined().map(({ reason }) => reason)).toEqual(['boot_too_large']);
    expect((await counters()).p?.packets).toBe(2700n);
    await ingest([reportRecord({ boot_id: 'next', policies: [{ policy_id: 'p', packets: 7n }] })], context);
    expect((await counters()).p?.packets).toBe(2707n);
  });

  it('is every report of a lane in an unreadable format, and of no other lane', async () => {
    await ingest([reportRecord({ seq: 1 })], context);
    const { pk, sk } = laneKey('edge-1', 0);
    Object.assign(store.items.get(`${pk}\u0000${sk}`)!, { version: 9, data: new Uint8Array([99]) });
    const fresh = ingestContext({ client: store.client, tables: TABLES });
    const records = [
      reportRecord({ seq: 2 }, { sequence: 2 }),
      reportRecord({ edge_id: 'edge-2' }, { sequence: 3 }),
    ];
    expect(await ingest(records, fresh)).toEqual([]);
    expect(quarantined()).toMatchObject([
      {
        reason: 'lane_unreadable',
        message:
          'The stored totals of this edge are in a format that this release does not read; deploy the later release again, then replay the record ' +
          '(packed data is of format 99; this release reads 1 to 12).',
      },
    ]);
    expect(fresh.tally.ReportsApplied).toBe(1);
  });

  it("is a part whose number of parts differs from its boot's, also if the part is new", async () => {
    await ingest([reportRecord({ part: 0, parts: 1, policies: [{ policy_id: '7', packets: 5n }] })], context);
    const moved = reportRecord({ seq: 2, part: 1, parts: 2, policies: [{ policy_id: '7', packets: 6n }] });
    await ingest([moved], ingestContext({ client: store.client, tables: TABLES }));
    expect((await counters())['7']?.packets).toBe(5n);
    expect(quarantined()).toMatchObject([{ reason: 'parts_changed' }]);
  });

  it('counts if it merely has unknown fields, which are tallied', async () => {
    const json = JSON.stringify({ ...makeReport(), new_field: 1, another: 2 });
    await ingest([rawRecord(Buffer.from(json))], context);
    expect(context.tally).toMatchObject({ ReportsApplied: 1, UnknownFields: 2 });
  });
});

describe('a batch at its deadline', () => {
  it('returns the records that are not applied, in order', async () => {
    // The calls before it: two for the keys of edges, two for the lanes, two lists a lane, the
    // first transaction.
    const slow = faultyClient(store.client, call => (call >= 11 ? 'throttled' : undefined));
    const records = [
      reportRecord({ edge_id: 'a', policies: manyPolicies(0, 80) }, { sequence: 1 }),
      reportRecord({ edge_id: 'b', policies: manyPolicies(80, 80) }, { sequence: 2 }),
      reportRecord({ edge_id: 'c', policies: manyPolicies(160, 80) }, { sequence: 3 }),
    ];
    const left = await ingest(records, { ...context, client: slow.client });
    expect(left).toEqual(records.slice(1));
    expect(context.tally).toMatchObject({ ReportsApplied: 1, ReportsNotApplied: 2 });
  });

  it('throws an error that no retry can fix, so that the alarm rings', async () => {
    const denied = faultyClient(store.client, () => 'access denied');
    await expect(ingest([reportRecord({})], { ...context, client: denied.client })).rejects.toThrow(
      'AccessDeniedException',
    );
  });
});

describe('path measurements', () => {
  const path = {
    path_id: 'p-1',
    latency_ms: 12.5,
    jitter_ms: 1,
    packet_loss_pct: 0,
    bandwidth_mbps: 100,
    measured_at: new Date(T0).toISOString(),
    tx_packets: 1n,
    tx_bytes: 100n,
    rx_packets: 1n,
    rx_bytes: 100n,
  };

  it('are passed on once a batch, from applied reports only', async () => {
    const handed: string[][] = [];
    const onPathReports: IngestContext['onPathReports'] = async reports => {
      handed.push(
        reports.map(({ report }) => `${report.edge_id} ${report.seq} ${report.paths[0]?.latency_ms}`),
      );
    };
    const records = [
      reportRecord({ seq: 2, paths: [path] }, { sequence: 1 }),
      reportRecord({ seq: 1, paths: [path] }, { sequence: 2 }),
      reportRecord({ edge_id: 'edge-2' }, { sequence: 3 }),
    ];
    await ingest(records, { ...context, onPathReports });
    expect(handed).toEqual([['edge-1 2 12.5']]);
  });

  it('do not stop counting if they cannot be passed on', async () => {
    const warnings: string[] = [];
    const failing = { ...context, onPathReports: () => Promise.reject(new Error('cache down')) };
    const warn = (message: string) => void warnings.push(message);
    expect(await ingest([reportRecord({ paths: [path] })], { ...failing, warn })).toEqual([]);
    expect(warnings).toEqual(['Path measurements were not passed on.']);
    expect(context.tally.ReportsApplied).toBe(1);
  });
});

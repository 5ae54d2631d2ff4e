import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../../core/ingest/ingest.ts';
import { auditTraffic } from '../../../core/ledger/figures/traffic-audit.ts';
import { counterKey } from '../../../core/ledger/lane-keys.ts';
import type { StepContext } from '../../../functions/cleanup/cleanup-step.ts';
import { compareTotals } from '../../../functions/cleanup/compare-totals.ts';
import { makeApi } from '../../support/api.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const HOUR = 3_600_000;

describe('counters compared with lanes', () => {
  let db: TestTables;
  let seq = 0;

  beforeAll(async () => {
    db = await createTables();
    await report();
  });
  afterAll(() => db.drop());

  /** Ten more packets under each policy of each edge. */
  async function report(): Promise<void> {
    seq += 1;
    const packets = BigInt(seq) * 10n;
    const records = ['edge-1', 'edge-2', 'edge-3'].map((edge_id, shard) =>
      reportRecord(
        {
          edge_id,
          seq,
          policies: ['1', '2'].map(policy_id => ({ policy_id, packets, bytes: packets * 100n })),
        },
        { sequence: seq * 10 + shard, shard },
      ),
    );
    expect(await ingest(records, ingestContext(db))).toEqual([]);
  }

  const audit = (client = db.client) => auditTraffic({ ...db, client, clock: () => 0, deadline: 1 });

  it('agree while reports arrive between every two reads', async () => {
    let reads = 0;
    const busy = clientWith(async command => {
      if (command instanceof QueryCommand && reads++ % 8 === 0) await report();
      return db.client.send(command as never);
    });
    const before = seq;
    expect(await audit(busy)).toMatchObject({ policies: 2, mismatches: [] });
    expect(seq).toBeGreaterThan(before + 10);
  });

  it('differ by policy if a policy has counts in no lane', async () => {
    const packets = BigInt(3 * seq * 10);
    const add = (more: number) =>
      db.client.send(
        new UpdateCommand({
          TableName: db.tables.traffic,
          Key: counterKey(3, '2'),
          UpdateExpression: 'ADD bytes :more, packets :none',
          ExpressionAttributeValues: { ':more': more, ':none': 0 },
        }),
      );
    await add(1);
    const api = makeApi(db);
    const lanes = {
      lanes_before_packets: String(packets),
      lanes_before_bytes: String(packets * 100n),
      lanes_before_estimated_bytes: '0',
      lanes_after_packets: String(packets),
      lanes_after_bytes: String(packets * 100n),
      lanes_after_estimated_bytes: '0',
    };
    expect(await api.data('Query.trafficAudit')).toEqual({
      agrees: false,
      policies: 2,
      lanes: 3,
      unreadable_lanes: 0,
      mismatches: [
        {
          ...{ policy_id: '2', packets: String(packets), bytes: String(packets * 100n + 1n) },
          estimated_bytes: '0',
          ...lanes,
        },
      ],
    });
    await add(-1);
    expect(await api.data('Query.trafficAudit')).toMatchObject({ agrees: true });
  });

  it('are compared by the first clean-up in each hour', async () => {
    const context = (scheduled_at: number): StepContext => ({
      ...db,

      exports: { dispatch: async () => {} },
      scheduled_at,
      clock: () => scheduled_at + 290_000,
      sleep: async () => {},
      random: () => 0,
      deadline: scheduled_at + HOUR,
    });
    expect(await compareTotals(context(T0 + 240_000))).toEqual({
      policies: 2,
      lanes: 3,
      unreadable_lanes: 0,
      mismatches: 0,
      disagreeing_policies: [],
    });
    expect(await compareTotals(context(T0 + 300_000))).toEqual({});
    expect(await compareTotals(context(T0 + HOUR - 60_000))).toEqual({});
  });

  it('are not compared without enough time', async () => {
    const late = auditTraffic({ ...db, clock: () => 1, deadline: 1 });
    await expect(late).rejects.toThrow(
      'The lanes could not be compared with the counters in time. Try again in a minute.',
    );
  });
});

import { gunzipSync } from 'node:zlib';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FlowLine, parseLines } from '../../../core/flows/flow-line.ts';
import type { FlowObjects } from '../../../core/flows/flow-objects.ts';
import { RecentReports } from '../../../core/flows/recent-reports.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import type { StreamRecord } from '../../../core/ingest/stream-record.ts';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import type { FlowRecord } from '../../../core/totals/flow-record.ts';
import { type FlowBucket, makeFlowBucket } from '../../support/flow-bucket.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { type RecordPlace, reportRecord, T0 } from '../../support/report-records.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const HOUR = 3_600_000;

const flow: FlowRecord = {
  policy_id: '7',
  endpoint_id: 'wan1',
  src: '10.1.2.3',
  src_port: 51_234,
  dst: '2001:db8::9',
  dst_port: 443,
  protocol: 6,
  packets: 10n,
  bytes: 2n ** 60n,
  first: '2026-01-31T12:00:00Z',
  last: '2026-01-31T12:00:59.5Z',
};

function recordOf(seq: number, place: RecordPlace = {}): StreamRecord {
  return reportRecord(
    {
      seq,
      sent_ms: 500,
      policies: [{ policy_id: '7', packets: 10n * BigInt(seq) }],
      flows: [flow, { ...flow, src_port: 1 }],
    },
    { sequence: seq, arrived_ms: 700, ...place },
  );
}

const record = recordOf(1);

describe('flow logs', () => {
  let db: TestTables;
  let bucket: FlowBucket;
  beforeAll(async () => {
    bucket = await makeFlowBucket();
  });
  beforeEach(async () => {
    db = await createTables();
  });
  afterEach(async () => {
    await bucket.clear();
    await db.drop();
  });
  afterAll(() => bucket.close());

  const context = (given: Partial<Parameters<typeof ingestContext>[0]> = {}) =>
    ingestContext({ ...db, flow_log: bucket.flow_log, ...given });

  async function linesOf(key: string): Promise<FlowLine[]> {
    return parseLines(gunzipSync((await bucket.objects.get(key))!).toString());
  }

  const counted = async () => (await readCounters(db.client, db.tables)).get('7')?.packets;

  it('are one object for a batch, named by hour, arrivals, shard and content', async () => {
    await ingest([record, recordOf(2, { arrived_ms: 900, shard: 12 })], context());
    const keys = await bucket.keys();
    expect(keys).toEqual([
      expect.stringMatching(
        /^flows\/dt=2026-01-31\/hour=12\/1769860800700-1769860800900-s0-[0-9a-f]{32}\.jsonl\.gz$/,
      ),
    ]);
    const lines = await linesOf(keys[0]!);
    expect(lines[0]).toEqual({
      edge_id: 'edge-1',
      boot_id: 'boot-1',
      part: 0,
      seq: 1,
      n: 0,
      site_id: '550e8400-e29b-41d4-a716-446655440000',
      ...flow,
      packets: 10,
      bytes: String(2n ** 60n),
      sent_at: '2026-01-31T12:00:00.500Z',
      arrived_at: '2026-01-31T12:00:00.700Z',
      interval_s: 60,
    });
    expect(lines.map(({ seq, n }) => [seq, n])).toEqual([
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
    ]);
  });

  it('are one object for repeated batches, and contain a repeated report once', async () => {
    for (let i = 0; i < 3; i++) await ingest([record, record], context());
    const keys = await bucket.keys();
    expect(keys).toHaveLength(1);
    expect(await linesOf(keys[0]!)).toHaveLength(2);
  });

  it('of a report that an edge sends again are not written again by the same container', async () => {
    const recent = new RecentReports();
    const again = (seq: number) => recordOf(seq, { arrived_ms: 60_000, sequence: 50 + seq });
    const given = () => context({ flow_log: { ...bucket.flow_log, recent } });
    await ingest([recordOf(1), recordOf(2)], given());
    await ingest([again(1), again(2), recordOf(3, { arrived_ms: 60_100 })], given());
    const keys = await bucket.keys();
    expect(await Promise.all(keys.map(linesOf))).toMatchObject([
      [{ seq: 1 }, { seq: 1 }, { seq: 2 }, { seq: 2 }],
      [{ seq: 3 }, { seq: 3 }],
    ]);
  });

  it('that could not be written are written when their report is repeated', async () => {
    const recent = new RecentReports();
    const put = async () => {
      throw new Error('down');
    };
    await ingest(
      [recordOf(1)],
      context({ flow_log: { ...bucket.flow_log, recent, objects: { ...bucket.objects, put } } }),
    );
    expect(await bucket.keys()).toEqual([]);
    await ingest([recordOf(1)], context({ flow_log: { ...bucket.flow_log, recent } }));
    expect(await bucket.keys()).toHaveLength(1);
  });

  it('of a batch that arrived in two hours are two objects', async () => {
    await ingest([record, recordOf(2, { arrived_ms: HOUR })], context());
    expect((await bucket.keys()).map(key => key.slice(0, 27))).toEqual([
      'flows/dt=2026-01-31/hour=12',
      'flows/dt=2026-01-31/hour=13',
    ]);
  });

  it('can be switched off', async () => {
    await ingest([record], context({ flow_log_ttl_hours: undefined }));
    expect(await bucket.keys()).toEqual([]);
    expect(await counted()).toBe(10n);
  });

  it('are not written after their retention, as in a replay of an old stream', async () => {
    const late = T0 + 700 + 24 * HOUR;
    await ingest([record], context({ clock: () => late, deadline: late + 60_000 }));
    expect(await bucket.keys()).toEqual([]);
    expect(await counted()).toBe(10n);
  });

  it('write nothing to the tables', async () => {
    await ingest([record], context({ flow_log_ttl_hours: undefined }));
    const without = await db.client.send(new ScanCommand({ TableName: db.tables.traffic }));
    await db.drop();
    db = await createTables();
    await ingest([record], context());
    const beside = await db.client.send(new ScanCommand({ TableName: db.tables.traffic }));
    expect(beside.Items?.map(({ pk }) => pk).sort()).toEqual(without.Items?.map(({ pk }) => pk).sort());
  });

  const broken: Record<string, FlowObjects['put']> = {
    'is down': async () => {
      throw Object.assign(new Error('SlowDown'), { name: 'SlowDown' });
    },
    hangs: (_key, _body, { signal } = {}) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    'hangs and knows no signal': () => new Promise(() => {}),
  };

  it.each(Object.keys(broken))(
    'do not stop or delay counting when S3 %s, and return no record',
    async name => {
      const warnings: unknown[] = [];
      let limit_ms = 0;
      const { promise: late, resolve: goOn } = Promise.withResolvers<void>();
      const given = context({
        flow_log: {
          objects: { ...bucket.objects, put: broken[name]! },
          // The deadline passes while the counts are written.
          schedule: (ms, run) => {
            limit_ms = ms;
            void late.then(run);
            return () => {};
          },
        },
        warn: (message, { reports }) => void warnings.push([message, reports]),
      });
      const open = ingest([record, recordOf(2)], given);
      await expect.poll(counted).toBe(20n);
      goOn();
      expect(await open).toEqual([]);
      expect(limit_ms).toBe(2000);
      expect(given.tally).toMatchObject({ FlowLogsNotWritten: 2, ReportsApplied: 2, ReportsNotApplied: 0 });
      expect(warnings).toEqual([['The flows of reports were not logged: they are unattributed.', 2]]);
    },
  );

  it('take at most a quarter of the remaining time', async () => {
    let limit_ms = 0;
    const schedule = (ms: number) => {
      limit_ms = ms;
      return () => {};
    };
    await ingest([record], context({ deadline: T0 + 4000, flow_log: { objects: bucket.objects, schedule } }));
    expect(limit_ms).toBe(1000);
  });
});

import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregate } from '../../../core/history/aggregate.ts';
import { readLanesAtEnds } from '../../../core/history/lane-history.ts';
import { readTrafficHistory } from '../../../core/history/points/traffic-history.ts';
import { DEFAULT_RETENTION } from '../../../core/history/resolution.ts';
import { readMarks } from '../../../core/history/sample-store.ts';
import { takeSnapshot } from '../../../core/history/snapshot.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import { readLanesOfEdge } from '../../../core/ledger/figures/read-lanes.ts';
import { auditTraffic } from '../../../core/ledger/figures/traffic-audit.ts';
import { laneTotals } from '../../../core/ledger/lane/lane-totals.ts';
import { idleKey, laneKey } from '../../../core/ledger/lane-keys.ts';
import { encodeLane } from '../../../core/ledger/packing/lane-codec.ts';
import { queryAll } from '../../../core/storage/strong-reads.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { reportRecord, T0 } from '../../support/report-records.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { servedEdges } from '../../support/served-edges.ts';
import { snapshotAt } from '../../support/snapshot-at.ts';
import { storeContext } from '../../support/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const EDGE = 'edge-1';

const [LEFT_OUT, IDLE, BACK, REBOOT] = [T0, T0 + 2 * DAY, T0 + 3 * DAY, T0 + 4 * DAY] as const;

let db: TestTables;
beforeAll(async () => {
  db = await createTables();
});
afterAll(() => db.drop());

const store = () => ({ ...storeContext(db, () => REBOOT), table: db.tables.traffic });

let seq = 0;

/** The edge reports these policies, each with this number of packets since the boot. */
async function report(at: number, policies: Record<string, bigint>, boot_id = 'boot-1'): Promise<void> {
  const sketch = {
    boot_id,
    seq: ++seq,
    sent_ms: at - T0,
    policies: Object.entries(policies).map(([policy_id, packets]) => ({
      policy_id,
      packets,
      bytes: packets * 100n,
    })),
  };
  expect(await ingest([reportRecord(sketch, { arrived_ms: at - T0 })], ingestContext(db))).toEqual([]);
}

const many = (packets: bigint) =>
  Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`p${i}`, packets]));

async function idleItems() {
  const context = { ...storeContext(db, () => REBOOT), tables: { ...db.tables, network: db.tables.traffic } };
  return queryAll(context, { pk: idleKey(EDGE, 0, 1).pk });
}

async function total(): Promise<bigint> {
  const lanes = await readLanesOfEdge(db.client, db.tables, EDGE);
  return lanes.flatMap(laneTotals).reduce((sum, { packets }) => sum + packets, 0n);
}

describe('history of pairs that become idle and return', () => {
  it('has every packet once, in every grouping, before and after', async () => {
    await report(LEFT_OUT, many(10n));
    await snapshotAt(db, LEFT_OUT + MINUTE);
    expect(await idleItems()).toEqual([]);

    // 38 pairs have not been named for two days: they leave the lane with this report.
    await report(IDLE, { p0: 11n, p1: 11n });
    expect((await readLanesOfEdge(db.client, db.tables, EDGE))[0]!.pairs.size).toBe(2);
    expect(await idleItems()).toHaveLength(1);
    expect(await total()).toBe(402n);
    await snapshotAt(db, IDLE + MINUTE);

    await report(BACK, { p0: 12n, p39: 15n });
    expect(await total()).toBe(408n);
    await snapshotAt(db, BACK + MINUTE);

    // A new boot closes the old one with its idle pairs; a late report of the old one counts the
    // difference.
    await report(REBOOT, { p5: 1n }, 'boot-2');
    await report(REBOOT - 1, { p7: 13n, p8: 10n }, 'boot-1');
    expect(await total()).toBe(412n);
    await snapshotAt(db, REBOOT + MINUTE);

    const audit = await auditTraffic({
      ...db,
      clock: () => REBOOT,
      deadline: REBOOT + 1,
    });
    expect(audit).toMatchObject({ policies: 40, unreadable_lanes: 0, mismatches: [] });

    const increments = async (from: number, to: number) => {
      const now = REBOOT + 2 * MINUTE;
      const ends = await readLanesAtEnds(store(), { from, to, now, retention: DEFAULT_RETENTION });
      const before = ends.before?.lanes ?? [];
      const after = ends.after?.lanes ?? [];
      const sums = (group: 'POLICY' | 'EDGE') =>
        aggregate({ before, after, group_by: [group], order_by: 'PACKETS', limit: 100 });
      expect(sums('EDGE').total).toEqual(sums('POLICY').total);
      return Object.fromEntries(sums('POLICY').rows.map(({ policy_id, packets }) => [policy_id, packets]));
    };
    expect(await increments(LEFT_OUT + MINUTE, IDLE + MINUTE)).toEqual({ p0: 1n, p1: 1n });
    expect(await increments(IDLE + MINUTE, BACK + MINUTE)).toEqual({ p0: 1n, p39: 5n });
    expect(await increments(BACK + MINUTE, REBOOT + MINUTE)).toEqual({ p5: 1n, p7: 3n });

    for (const filter of [{ edge_id: EDGE }, { edge_id: EDGE, policy_id: 'p39' }, { policy_id: 'p39' }]) {
      const { packets } = await readTrafficHistory(store(), {
        range: { resolution: 'DAY', from: Date.UTC(2026, 1, 1), to: Date.UTC(2026, 1, 4) },
        filter,
        now: REBOOT + 2 * MINUTE,
        retention: DEFAULT_RETENTION,
      });
      // No reading marks the beginning of the range, so it also contains the totals of the first
      // one (decision 056).
      expect(packets).toBe('policy_id' in filter ? 15n : 412n);
    }
  });

  it('reads a segment once, however often the lanes are read', async () => {
    const asked: string[] = [];
    const client = clientWith(command => {
      asked.push(JSON.stringify((command as { input: object }).input));
      return db.client.send(command as never);
    });
    await snapshotAt({ ...db, client }, REBOOT + 5 * MINUTE);
    await snapshotAt({ ...db, client }, REBOOT + 6 * MINUTE);
    expect(asked.filter(input => input.includes('IDLE#'))).toEqual([]);
  });

  it('applies the setting of its function to decide whether an edge was heard', async () => {
    const at = REBOOT + 20 * MINUTE;
    const options = {
      store: store(),
      registered: servedEdges([EDGE]),
      retention: DEFAULT_RETENTION,
      clock: () => at,
      sleep: async () => {},
    };
    await asFunction('snapshot', () => takeSnapshot({ ...options, scheduled_at: at }));
    await asFunction('snapshot', () =>
      takeSnapshot({ ...options, scheduled_at: at + MINUTE, silent_after_s: 1201 }),
    );
    const marks = await readMarks(store(), { resolution: 'MINUTE', from: at, to: at + MINUTE });
    expect(marks.map(({ edges_heard }) => edges_heard)).toEqual([0, 1]);
  });

  it('skips a lane with a missing segment as unreadable', async () => {
    const other = 'edge-2';
    const sketch = { edge_id: other, policies: [{ policy_id: 'q', packets: 1n }] };
    await ingest([reportRecord(sketch, { arrived_ms: REBOOT - T0 })], ingestContext(db));
    const [lane] = await readLanesOfEdge(db.client, db.tables, other);
    const data = encodeLane({ ...lane!, idle_version: 123_456_789 });
    const Item = { ...laneKey(other, 0), version: 1, data };
    await db.client.send(new PutCommand({ TableName: db.tables.traffic, Item }));
    expect(await snapshotAt(db, REBOOT + 27 * MINUTE)).toMatchObject({ lanes: 2, bad_lanes: 1 });
    await expect(readLanesOfEdge(db.client, db.tables, other)).rejects.toThrow(
      'idle pairs of version 123456789 are missing',
    );
  });
});

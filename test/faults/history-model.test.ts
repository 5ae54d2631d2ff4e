import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregate, LANE_GROUPS } from '../../core/history/aggregate.ts';
import { readLanesBefore } from '../../core/history/lane-history.ts';
import { readPolicyHistory } from '../../core/history/read-history.ts';
import { DEFAULT_RETENTION } from '../../core/history/resolution.ts';
import { takeSnapshot } from '../../core/history/snapshot.ts';
import { auditTraffic } from '../../core/history/traffic-audit.ts';
import { ingest } from '../../core/traffic/ingest.ts';
import { readCounters } from '../../core/traffic/read-counters.ts';
import { clientWith } from '../support/fake-dynamodb.ts';
import { ingestContext } from '../support/ingest-context.ts';
import { reportRecord, T0 } from '../support/report-records.ts';
import { createTables, type TestTables } from '../support/tables.ts';

const MINUTE = 60_000;
const EDGES = ['edge-a', 'edge-b'];
const POLICIES = ['1', '2'];
const SLOTS = 16;

/** What happens in one minute, and to its snapshot. */
const minute = fc.record({
  traffic: fc.array(
    fc.record({
      edge: fc.constantFrom(...EDGES),
      policy: fc.constantFrom(...POLICIES),
      packets: fc.bigInt(0n, 2n ** 50n),
      restart: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  snapshot: fc.constantFrom('taken', 'taken twice', 'late', 'missed', 'killed'),
  killedAt: fc.nat(20),
});

describe('history of random traffic, restarts and outages', () => {
  let db: TestTables;
  beforeAll(async () => {
    db = await createTables();
  });
  afterAll(() => db.drop());

  it('puts every byte into exactly one interval and gives every grouping the same total', {
    timeout: 300_000,
  }, async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(minute, { minLength: 3, maxLength: 8 }), async minutes => {
        // Each run has days of its own in the same tables; counts go on from the run before.
        const start = T0 + run++ * 3 * 86_400_000;
        const store = { client: db.client, table: db.tables.traffic };
        const snapshotAt = (at: number, { late = 0, client = db.client } = {}) =>
          takeSnapshot({
            store: { ...store, client },
            scheduled_at: at,
            registered: new Set(EDGES),
            retention: DEFAULT_RETENTION,
            clock: () => at + late,
            sleep: async () => {},
          });
        const edges = new Map(
          EDGES.map(edge => [edge, { boot: 0, seq: 0, totals: new Map<string, bigint>() }]),
        );
        await snapshotAt(start);
        const before = await readCounters(db.client, db.tables, { slots: SLOTS });

        for (const [index, { traffic, snapshot, killedAt }] of minutes.entries()) {
          const at = start + (index + 1) * MINUTE;
          for (const { edge, policy, packets, restart } of traffic) {
            const state = edges.get(edge)!;
            if (restart) Object.assign(state, { boot: state.boot + 1, seq: 0, totals: new Map() });
            state.seq += 1;
            state.totals.set(policy, (state.totals.get(policy) ?? 0n) + packets);
            const record = reportRecord(
              {
                edge_id: edge,
                boot_id: `run-${run}-boot-${state.boot}`,
                seq: state.seq,
                sent_ms: at - T0,
                policies: Array.from(state.totals, ([policy_id, count]) => ({
                  policy_id,
                  packets: count,
                  bytes: count * 100n,
                })),
              },
              { arrived_ms: at - T0 },
            );
            expect(await ingest([record], ingestContext(db))).toEqual([]);
          }
          if (snapshot === 'killed') await snapshotAt(at, { client: dyingClient(killedAt) }).catch(() => {});
          if (snapshot === 'taken' || snapshot === 'taken twice') await snapshotAt(at);
          if (snapshot === 'late') await snapshotAt(at, { late: 50_000 });
          if (snapshot === 'taken twice') expect((await snapshotAt(at, { late: 20_000 })).taken).toBe(false);
        }

        const end = start + (minutes.length + 1) * MINUTE;
        await snapshotAt(end);
        const after = await readCounters(db.client, db.tables, { slots: SLOTS });
        const range = { from: start, to: end, resolution: 'MINUTE' } as const;
        for (const policy_id of POLICIES) {
          const { points, bytes } = await readPolicyHistory(store, { policy_id, range, now: end });
          const counted = (after.get(policy_id)?.bytes ?? 0n) - (before.get(policy_id)?.bytes ?? 0n);
          expect(bytes, `bytes of policy ${policy_id}`).toBe(counted);
          expect(points.every(point => point.bytes >= 0n && point.bits_per_second >= 0)).toBe(true);
        }

        const lanesAt = (instant: number) =>
          readLanesBefore(store, { before: instant, now: end, retention: DEFAULT_RETENTION });
        const [first, last] = await Promise.all([lanesAt(start), lanesAt(end)]);
        const totals = LANE_GROUPS.map(
          group =>
            aggregate({
              before: first!.lanes,
              after: last!.lanes,
              group_by: [group],
              order_by: 'BYTES',
              limit: 1,
            }).total.bytes,
        );
        const counted = POLICIES.reduce(
          (sum, id) => sum + (after.get(id)?.bytes ?? 0n) - (before.get(id)?.bytes ?? 0n),
          0n,
        );
        expect(new Set(totals)).toEqual(new Set([counted]));
        expect((await auditTraffic(db.client, db.tables, { slots: SLOTS })).mismatches).toEqual([]);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  /** A client that answers so many calls and none after. */
  function dyingClient(calls: number): typeof db.client {
    let left = calls * 10;
    return clientWith(command => {
      if (left-- <= 0) throw new Error('killed');
      return db.client.send(command as never);
    });
  }
});

import { DeleteCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { firstSnapshotPut } from '../../../core/history/first-snapshot.ts';
import { readPolicyHistory } from '../../../core/history/points/read-history.ts';
import {
  DEFAULT_RETENTION,
  RESOLUTIONS,
  type Resolution,
  resolveRange,
} from '../../../core/history/resolution.ts';
import { expiryOf } from '../../../core/history/sample-expiry.ts';
import { markItem, policySampleItem, type SampleStore } from '../../../core/history/sample-store.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { readLanesBefore } from '../../support/lanes-before.ts';
import { storeContext } from '../../support/store-context.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-03-15T12:00:00Z');
const COUNTED = 1_000_000n;

const retention = DEFAULT_RETENTION;

describe('history at the edge of its retention', () => {
  let db: TestTables;
  let store: SampleStore & StoreContext;

  beforeAll(async () => {
    db = await createTables();
    store = { ...storeContext(db, () => NOON), table: db.tables.traffic };
  });
  beforeEach(async () => {
    for (const Key of await stored())
      await db.client.send(new DeleteCommand({ TableName: store.table, Key }));
    await store.client.send(new PutCommand(firstSnapshotPut(store.table, NOON - 100 * 24 * 60 * MINUTE)));
  });
  afterAll(() => db.drop());

  const put = (Item: Record<string, unknown>) =>
    db.client.send(new PutCommand({ TableName: store.table, Item }));

  /**
   * Snapshots of these minutes after noon, of an idle policy: sampled only by the first one of each
   * hour.
   */
  async function takeSnapshots(minutes: readonly number[]): Promise<void> {
    let hour: number | undefined;
    for (const minute of minutes) {
      const at = NOON + minute * MINUTE;
      const expires_at = expiryOf(at, { resolution: 'MINUTE', retention });
      const mark = {
        at,
        taken_at: at + 500,
        minute: at,
        edges_expected: 1,
        edges_heard: 1,
        lanes: 1,
        bad_lanes: 0,
      };
      await put(markItem(mark, { resolution: 'MINUTE', expires_at }));
      if (Math.floor(minute / 60) === hour) continue;
      hour = Math.floor(minute / 60);
      const sample = { at, taken_at: at + 500, packets: COUNTED, bytes: COUNTED * 100n, active_flows: 0 };
      await put(policySampleItem('1', sample, { resolution: 'MINUTE', expires_at }));
    }
  }

  async function stored(): Promise<{ pk: string; sk: string; expires_at?: number }[]> {
    const { Items = [] } = await db.client.send(
      new ScanCommand({ TableName: store.table, ConsistentRead: true }),
    );
    return Items.map(({ pk, sk }) => ({ pk, sk }));
  }

  /** Some expired items are removed, in any order. */
  async function expire(now: number, gone: (index: number) => boolean): Promise<void> {
    const { Items = [] } = await db.client.send(
      new ScanCommand({ TableName: store.table, ConsistentRead: true }),
    );
    const expired = Items.filter(({ expires_at }) => Number(expires_at) <= now / 1000);
    for (const [index, { pk, sk }] of expired.entries()) {
      if (gone(index)) await db.client.send(new DeleteCommand({ TableName: store.table, Key: { pk, sk } }));
    }
  }

  const historyFrom = (minute: number, now: number) =>
    readPolicyHistory(store, {
      policy_id: '1',
      range: { from: NOON + minute * MINUTE, to: NOON + (minute + 10) * MINUTE, resolution: 'MINUTE' },
      now,
      retention,
    });

  it('counts nothing twice for a policy whose last sample expired before a snapshot that needs it', async () => {
    // None from 12:59 to 13:04, and the range begins among them: the base would be the snapshot of
    // 12:58, which relies on noon's sample.
    await takeSnapshots([0, 30, 58, 65, 66]);
    const now = NOON + 61 * MINUTE + retention.MINUTE;
    await expire(now, () => true);
    const { packets, points } = await historyFrom(61, now);
    expect(packets).toBe(0n);
    expect(points.find(({ gap }) => !gap)).toMatchObject({ packets_total: COUNTED, packets: 0n });
  });

  it('counts nothing twice with any remaining expired items', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 130 }), { minLength: 2, maxLength: 12 }),
        fc.integer({ min: 0, max: 125 }),
        fc.integer({ min: 0, max: 1 }),
        fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
        async (minutes, from, late, gone) => {
          for (const Key of await stored())
            await db.client.send(new DeleteCommand({ TableName: store.table, Key }));
          await store.client.send(
            new PutCommand(firstSnapshotPut(store.table, NOON - 100 * 24 * 60 * MINUTE)),
          );
          await takeSnapshots(minutes.toSorted((a, b) => a - b));
          // The oldest allowed range begins less than a minute earlier.
          const now = NOON + from * MINUTE + retention.MINUTE + late * (MINUTE - 1);
          await expire(now, index => gone[index] ?? true);
          expect((await historyFrom(from, now)).packets).toBe(0n);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('ignores snapshots whose lane samples may have expired', async () => {
    await takeSnapshots([0, 58]);
    const now = NOON + 62 * MINUTE + retention.MINUTE;
    const at = (minute: number) => readLanesBefore(store, { before: NOON + minute * MINUTE, now, retention });
    expect(await at(63)).toBeUndefined();
    const hour = {
      at: NOON,
      taken_at: NOON + 500,
      minute: NOON,
      edges_expected: 1,
      edges_heard: 1,
      lanes: 1,
      bad_lanes: 0,
    };
    await put(markItem(hour, { resolution: 'HOUR', expires_at: 9e9 }));
    expect(await at(63)).toMatchObject({ mark: { at: NOON } });
  });
});

it('can be queried again with the range that was aligned to the grid', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(RESOLUTIONS) as Resolution[])),
      fc.integer({ min: 0, max: 86_400_000 }),
      fc.integer({ min: 0, max: 86_400_000 }),
      (resolution, past, later) => {
        const now = NOON + past;
        const from = now - retention[resolution] + later;
        const settled = resolveRange({ from, to: now, resolution, now, retention, max_points: 1e9 });
        expect(resolveRange({ ...settled, now, retention, max_points: 1e9 })).toEqual(settled);
      },
    ),
  );
});

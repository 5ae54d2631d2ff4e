import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LaneWrite, packWrites } from '../../../core/ingest/lane-transaction.ts';
import { whileMovingTo } from '../../../core/ledger/figures/counter-generations.ts';
import type { CounterChange } from '../../../core/ledger/lane/lane-state.ts';
import type { ItemKey } from '../../../core/storage/item.ts';
import { TRANSACTION_MAX_ACTIONS, TRANSACTION_MAX_BYTES } from '../../../core/storage/tables.ts';

interface Sketch {
  policies: number[];
  slot?: number;
  isNew?: boolean;
  boots?: number;
  parts?: number;
  bytes?: number;
}

function makeWrites(sketches: readonly Sketch[]): LaneWrite[] {
  return sketches.map(({ policies, slot = 0, isNew = false, boots = 0, parts, bytes = 500 }, i) => {
    const bootIds = Array.from({ length: boots }, (_, b) => `boot-${b}`);
    const changes = {
      counters: new Map(policies.map(policy => [`${policy}`, ONE_PACKET])),
      boots: new Map(bootIds.map(boot_id => [boot_id, emptyBoot(boot_id)])),
      parts: new Map(parts === undefined ? [] : [['boot', parts]]),
      idle: [],
    };
    // Two lanes an edge: they have the list of heard edges and the boot's parts in common.
    const id = { edge_id: `edge-${Math.floor(i / 2)}`, part: i % 2 };
    const base_version = isNew ? 0 : 5;
    const item = { ...id, version: base_version + 1, data: new Uint8Array(bytes) };
    return { item, base_version, slot, changes };
  });
}

const ONE_PACKET: CounterChange = {
  packets: 1n,
  bytes: 40n,
  active_flows: 1,
  bit_rate: 5,
  packet_rate: 125,
  rated_pairs: 1,
};

const emptyBoot = (boot_id: string) => ({
  boot_id,
  seq: 1,
  parts: 1,
  sent_at_ms: 0,
  pairs: new Map(),
  paths: new Map(),
});

/** The same write with another change of its policy's counters. */
function gaining(write: LaneWrite, policy_id: string, change: CounterChange): LaneWrite {
  return { ...write, changes: { ...write.changes, counters: new Map([[policy_id, change]]) } };
}

const keyOf = (action: object) => {
  const { Put, Update } = action as { Put?: { Item: ItemKey }; Update?: { Key: ItemKey } };
  const key = Put?.Item ?? Update!.Key;
  return `${key.pk} ${key.sk}`;
};

const sketches = fc.array(
  fc.record({
    policies: fc.uniqueArray(fc.nat({ max: 120 }), { maxLength: 80 }),
    slot: fc.nat({ max: 2 }),
    isNew: fc.boolean(),
    boots: fc.nat({ max: 3 }),
    parts: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
    bytes: fc.constantFrom(500, 380_000),
  }),
  { maxLength: 60 },
) as fc.Arbitrary<Sketch[]>;

describe('packing lanes into transactions', () => {
  it('keeps to the limits, writes no item twice and every lane once', () => {
    fc.assert(
      fc.property(sketches, given => {
        const writes = makeWrites(given);
        const transactions = packWrites(writes, { table: 'traffic' });
        expect(new Set(transactions.flatMap(each => each.writes))).toEqual(new Set(writes));
        expect(transactions.flatMap(each => each.writes)).toHaveLength(writes.length);
        for (const { actions, writes: packed, writesOf } of transactions) {
          expect(actions.length).toBeLessThanOrEqual(TRANSACTION_MAX_ACTIONS);
          expect(new Set(actions.map(keyOf)).size).toBe(actions.length);
          const bytes = packed.reduce((sum, { item }) => sum + item.data.length, 0);
          expect(bytes).toBeLessThanOrEqual(TRANSACTION_MAX_BYTES);
          for (const index of actions.keys()) expect(writesOf(index).length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['of one lane each', 50, 48],
    ['of which two lanes share ten', 40, 58],
  ])('fills a transaction up to its limit of actions: policies %s', (_, from, count) => {
    const range = (first: number, many: number) => Array.from({ length: many }, (_, i) => first + i);
    const packed = (policies: number) =>
      packWrites(makeWrites([{ policies: range(0, 50) }, { policies: range(from, policies) }]), {
        table: 'traffic',
      }).map(({ actions }) => actions.length);
    // Two lanes, and 98 policies together.
    expect(packed(count)).toEqual([TRANSACTION_MAX_ACTIONS]);
    expect(packed(count + 1)).toEqual([51, count + 2]);
  });

  it('never adds a write to the transaction of a separate write', () => {
    const writes = makeWrites([{ policies: [1] }, { policies: [1] }, { policies: [1] }]);
    const packed = packWrites(writes, { table: 'traffic', alone: write => write === writes[0] });
    expect(packed.map(each => each.writes)).toEqual(
      expect.arrayContaining([[writes[0]], [writes[1], writes[2]]]),
    );
  });

  it('fills a transaction up to its limit of bytes', () => {
    const sketches = Array.from({ length: 5 }, () => ({ policies: [1], bytes: 1_000_000 }));
    const packed = packWrites(makeWrites(sketches), { table: 'traffic' });
    expect(packed.map(({ writes }) => writes.length)).toEqual([4, 1]);
  });

  it('adds up the changes of its lanes for each counter', () => {
    fc.assert(
      fc.property(sketches, given => {
        const added = new Map<string, bigint>();
        for (const { actions } of packWrites(makeWrites(given), { table: 'traffic' })) {
          for (const { Update } of actions) {
            const packets = Update?.ExpressionAttributeValues?.[':add_packets'];
            if (packets === undefined) continue;
            const key = keyOf({ Update });
            added.set(key, (added.get(key) ?? 0n) + packets);
          }
        }
        const due = new Map<string, bigint>();
        for (const { policies, slot } of given) {
          for (const policy of policies) {
            const key = `COUNTER#${slot} ${policy}`;
            due.set(key, (due.get(key) ?? 0n) + 1n);
          }
        }
        expect(added).toEqual(due);
      }),
      { numRuns: 100 },
    );
  });

  it('omits unchanged counters, also if two lanes cancel each other out', () => {
    const [first, second, third] = makeWrites([{ policies: [1] }, { policies: [1] }, { policies: [2] }]);
    const writes = [
      first!,
      gaining(second!, '1', {
        ...{ packets: -1n, bytes: -40n, active_flows: -1, bit_rate: -5, packet_rate: -125, rated_pairs: -1 },
      }),
      gaining(third!, '2', {
        ...{ packets: 0n, bytes: 0n, active_flows: 0, bit_rate: 0, packet_rate: 0, rated_pairs: 0 },
      }),
    ];
    const [transaction] = packWrites(writes, { table: 'traffic' });
    expect(transaction?.actions.map(keyOf).filter(key => key.startsWith('COUNTER'))).toEqual([]);
  });

  it('never puts two different numbers of parts of a boot into one transaction', () => {
    const writes = makeWrites([
      { policies: [1], parts: 1 },
      { policies: [1], parts: 2 },
    ]);
    expect(packWrites(writes, { table: 'traffic' }).map(each => each.writes.length)).toEqual([1, 1]);
  });

  it('never puts writes with different guards into one transaction', () => {
    const guards = [8, 8, 9].map(generation => whileMovingTo('traffic', generation));
    const writes = makeWrites(guards.map(() => ({ policies: [1] })));
    const guarded = writes.map((write, i) => ({ ...write, guard: guards[i]! }));
    const packed = packWrites(guarded, { table: 'traffic' });
    expect(packed.map(each => each.writes)).toEqual([[guarded[0], guarded[1]], [guarded[2]]]);
    const checks = packed.map(({ actions }) => actions.filter(action => action.ConditionCheck));
    expect(checks).toEqual([[guards[0]], [guards[2]]]);
  });

  it('never drops a write that is too large for any transaction: the first write always fits', () => {
    const writes = makeWrites([
      { policies: Array.from({ length: TRANSACTION_MAX_ACTIONS + 1 }, (_, i) => i) },
    ]);
    expect(packWrites(writes, { table: 'traffic' }).map(each => each.writes)).toEqual([writes]);
  });

  it('keeps a write alone that is marked so', () => {
    const writes = makeWrites([{ policies: [1] }, { policies: [1] }, { policies: [1] }]);
    const packed = packWrites(writes, { table: 'traffic', alone: write => write === writes[1] });
    expect(packed.map(each => each.writes)).toEqual([[writes[0], writes[2]], [writes[1]]]);
  });
});

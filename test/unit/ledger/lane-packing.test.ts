import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaneStep } from '../../../core/ingest/lane-step.ts';
import { packSteps } from '../../../core/ingest/lane-transaction.ts';
import { LaneChanges } from '../../../core/ledger/lane/lane-changes.ts';
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

function makeSteps(sketches: readonly Sketch[]): LaneStep[] {
  return sketches.map(({ policies, slot = 0, isNew = false, boots = 0, parts, bytes = 500 }, i) => {
    const changes = new LaneChanges();
    for (const policy of policies) changes.add(`${policy}`, 1n, 40n, 1);
    for (let b = 0; b < boots; b++) {
      const boot_id = `boot-${b}`;
      const state = { boot_id, seq: 1, parts: 1, sent_at_ms: 0, pairs: new Map(), paths: new Map() };
      changes.boots.set(boot_id, state);
    }
    if (parts !== undefined) changes.parts.set('boot', parts);
    // Two lanes an edge: they have the list of heard edges and the boot's parts in common.
    const id = { edge_id: `edge-${Math.floor(i / 2)}`, part: i % 2 };
    const base = { ...id, version: isNew ? 0 : 5, boot_id: 'boot' };
    const next = { ...base, version: base.version + 1, data: new Uint8Array(bytes) };
    return { base, next, slot, changes, outcomes: [] };
  });
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
  it('holds the limits, writes no item twice and every lane once', () => {
    fc.assert(
      fc.property(sketches, given => {
        const steps = makeSteps(given);
        const transactions = packSteps(steps, { table: 'traffic' });
        expect(new Set(transactions.flatMap(each => each.steps))).toEqual(new Set(steps));
        expect(transactions.flatMap(each => each.steps)).toHaveLength(steps.length);
        for (const { actions, steps: packed, stepsOf } of transactions) {
          expect(actions.length).toBeLessThanOrEqual(TRANSACTION_MAX_ACTIONS);
          expect(new Set(actions.map(keyOf)).size).toBe(actions.length);
          const bytes = packed.reduce((sum, step) => sum + step.next.data!.length, 0);
          expect(bytes).toBeLessThanOrEqual(TRANSACTION_MAX_BYTES);
          for (const index of actions.keys()) expect(stepsOf(index).length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('adds up, counter by counter, what its lanes add', () => {
    fc.assert(
      fc.property(sketches, given => {
        const added = new Map<string, bigint>();
        for (const { actions } of packSteps(makeSteps(given), { table: 'traffic' })) {
          for (const { Update } of actions) {
            const packets = Update?.ExpressionAttributeValues?.[':packets'];
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

  it('leaves out counters that do not change, also where two lanes cancel each other out', () => {
    const steps = makeSteps([{ policies: [1] }, { policies: [1] }, { policies: [2] }]);
    steps[1]!.changes.add('1', -2n, -80n, -2);
    steps[2]!.changes.add('2', -1n, -40n, -1);
    const [transaction] = packSteps(steps, { table: 'traffic' });
    expect(transaction?.actions.map(keyOf).filter(key => key.startsWith('COUNTER'))).toEqual([]);
  });

  it('never mixes two claims about the parts of a boot', () => {
    const steps = makeSteps([
      { policies: [1], parts: 1 },
      { policies: [1], parts: 2 },
    ]);
    expect(packSteps(steps, { table: 'traffic' }).map(each => each.steps.length)).toEqual([1, 1]);
  });

  it('keeps a step alone that must be alone', () => {
    const steps = makeSteps([{ policies: [1] }, { policies: [1] }, { policies: [1] }]);
    const packed = packSteps(steps, { table: 'traffic', alone: step => step === steps[1] });
    expect(packed.map(each => each.steps)).toEqual([[steps[0], steps[2]], [steps[1]]]);
  });
});

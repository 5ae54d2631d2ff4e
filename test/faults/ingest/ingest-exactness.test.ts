import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomRuns } from '../../support/call-step.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { IngestWorld, type WorldOptions } from '../../support/ingest-world.ts';
import { quarantinedItems } from '../../support/quarantined.ts';
import { makeStream, type StreamShape } from '../../support/report-stream.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

const shapes = fc.record({
  seed: fc.nat(),
  edges: fc.integer({ min: 1, max: 4 }),
  boots: fc.integer({ min: 1, max: 4 }),
  reports: fc.integer({ min: 1, max: 5 }),
  policies: fc.integer({ min: 1, max: 6 }),
  maxParts: fc.integer({ min: 1, max: 3 }),
  shards: fc.integer({ min: 1, max: 3 }),
  reshards: fc.integer({ min: 0, max: 2 }),
  lost: fc.constantFrom(0, 0.3),
  repeated: fc.constantFrom(0, 0.3),
  disorder: fc.constantFrom(0, 3, 200),
  spacing_ms: fc.constantFrom(10, 10, 20 * 3_600_000),
});

const troubles = fc.record({
  seed: fc.nat(),
  faults: fc.constantFrom(0, 0.1, 0.3),
  races: fc.constantFrom(0, 0.5),
  cleanups: fc.constantFrom(0, 0.3),
  redelivered: fc.constantFrom(0, 0.3),
});

type Trouble = Omit<WorldOptions, 'client' | 'tables' | 'stream'>;

const NO_RACE = { races: 0, cleanups: 0.3, redelivered: 0.3 };

function worldOf(shape: Omit<StreamShape, 'prefix'>, trouble: Trouble) {
  const store = new FakeDynamoDb();
  const stream = makeStream({ ...shape, prefix: '' });
  const world = new IngestWorld({ client: store.client, tables: TABLES, stream, ...trouble });
  return { store, stream, world };
}

describe('ingest counts exactly', () => {
  it('if reports are lost, repeated, delayed or reordered, and functions are killed or race', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, troubles, async (shape, trouble) => {
        const { world } = worldOf({ ...shape, bad: false }, trouble);
        await world.run();
        await world.expectExact();
      }),
      { numRuns: randomRuns(1000) },
    );
  });

  it('next to records that cannot be counted, which alone are in the quarantine', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.constantFrom(0, 0.2), async (shape, faults) => {
        const { world, store, stream } = worldOf(
          { ...shape, disorder: 0, bad: true },
          { ...NO_RACE, seed: shape.seed, faults, refusals: false },
        );
        await world.run();
        await world.expectExact();
        // A write that lands long after its function was killed may exist next to the one that
        // replaced it; it is the same record.
        const places = new Set(quarantinedItems(store).map(({ sk }) => sk));
        expect(places.size).toBe(stream.badRecords);
      }),
      { numRuns: randomRuns(300) },
    );
  });

  it('if pairs are idle and return: long unused pairs leave the lanes', async () => {
    let idle = 0;
    const longShapes = shapes.map(shape => ({ ...shape, spacing_ms: 30 * 3_600_000, reports: 5, boots: 3 }));
    await fc.assert(
      fc.asyncProperty(longShapes, troubles, async (shape, trouble) => {
        const { world, store } = worldOf({ ...shape, bad: false }, trouble);
        await world.run();
        await world.expectExact();
        idle += store.dump().filter(({ pk }) => String(pk).startsWith('IDLE#')).length;
      }),
      { numRuns: randomRuns(150) },
    );
    expect(idle).toBeGreaterThan(randomRuns(150));
  });

  it('if the table is restored to an earlier time under functions that remember a later one', async () => {
    const reshards = fc.integer({ min: 1, max: 2 });
    await fc.assert(
      fc.asyncProperty(shapes, reshards, troubles, async (shape, more, trouble) => {
        const { world, store } = worldOf({ ...shape, reshards: more, bad: false }, trouble);
        let image = structuredClone(store.items);
        await world.run({
          onGeneration: generation => {
            if (generation === 0) image = structuredClone(store.items);
          },
        });
        store.items.clear();
        for (const [key, item] of image) store.items.set(key, item);
        await world.run();
        await world.expectExact();
      }),
      { numRuns: randomRuns(150) },
    );
  });

  it('and another read of the whole stream by new functions writes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, troubles, async (shape, trouble) => {
        const { world, store } = worldOf({ ...shape, bad: false }, trouble);
        await world.run();
        // It removes gauges that a killed call has left behind, and is exact.
        await world.replay();
        await world.expectExact();
        const before = store.dump();
        await world.replay();
        expect(store.dump()).toEqual(before);
      }),
      { numRuns: randomRuns(200) },
    );
  });

  it('and shows the counts of all boots except voided ones, with any failed call', async () => {
    const count = { voided: 0, undone: 0 };
    await fc.assert(
      fc.asyncProperty(shapes, troubles, fc.constantFrom(0.1, 0.4), async (shape, trouble, voids) => {
        const { world } = worldOf({ ...shape, bad: false }, { ...trouble, voids });
        await world.run();
        await world.finishVoids();
        await world.expectShown();
        count.voided += (await world.voided()).size;
        // No count of a voided boot returns, and no other count is lost.
        await world.replay();
        await world.expectShown();
        count.undone += await world.undoVoids();
        await world.replay();
        await world.expectShown();
        await world.expectExact();
      }),
      { numRuns: randomRuns(400) },
    );
    expect(count.undone).toBe(count.voided);
    expect(count.voided).toBeGreaterThan(randomRuns(200));
  });

  it('active flows as well: added by the last report, removed by silence, added again by the next report', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, troubles, async (shape, trouble) => {
        const { world, stream } = worldOf({ ...shape, bad: false }, trouble);
        await world.run();
        const gauges = async () => {
          const shown = [...(await world.counters())].map(([id, { active_flows }]) => [id, active_flows]);
          return Object.fromEntries(shown.filter(([, flows]) => flows !== 0));
        };
        const PARTS = 3;
        const due = Object.fromEntries(stream.edges.map((edge, e) => [`${edge}-p`, PARTS * (e + 1)]));
        await world.settleGauges(1);
        expect(await gauges()).toEqual(due);
        await world.cleanUp();
        expect(await gauges()).toEqual({});
        await world.settleGauges(2);
        expect(await gauges()).toEqual(due);
        // Parts that a boot no longer has lose their flows without a clean-up.
        await world.settleGauges(3, { parts: 1 });
        expect(await gauges()).toEqual(
          Object.fromEntries(stream.edges.map((edge, e) => [`${edge}-p`, e + 1])),
        );
        await world.expectExact();
      }),
      { numRuns: randomRuns(200) },
    );
  });
});

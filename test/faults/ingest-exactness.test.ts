import fc from 'fast-check';
import { describe, it } from 'vitest';
import { FakeDynamoDb } from '../support/fake-dynamodb.ts';
import { IngestWorld, type WorldOptions } from '../support/ingest-world.ts';
import { makeStream, type StreamShape } from '../support/report-stream.ts';

const TABLES = { network: 'network', traffic: 'traffic', cache: 'cache' };

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
});

const troubles = fc.record({
  seed: fc.nat(),
  faults: fc.constantFrom(0, 0.1, 0.3),
  races: fc.constantFrom(0, 0.5),
  cleanups: fc.constantFrom(0, 0.3),
  redelivered: fc.constantFrom(0, 0.3),
});

type Trouble = Omit<WorldOptions, 'client' | 'tables' | 'stream'>;

function worldOf(shape: Omit<StreamShape, 'prefix'>, trouble: Trouble) {
  const store = new FakeDynamoDb();
  const stream = makeStream({ ...shape, prefix: '' });
  const world = new IngestWorld({ client: store.client, tables: TABLES, stream, ...trouble });
  return { store, stream, world };
}

describe('ingest counts exactly', () => {
  it('whatever is lost, repeated, delayed, reordered, delivered again, killed, lost on the way or raced', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, troubles, async (shape, trouble) => {
        const { world } = worldOf({ ...shape, bad: false }, trouble);
        await world.run();
        await world.expectExact();
      }),
      { numRuns: 1000 },
    );
  });
});

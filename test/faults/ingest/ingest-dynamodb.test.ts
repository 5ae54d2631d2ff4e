import { afterAll, beforeAll, describe, it } from 'vitest';
import { IngestWorld } from '../../support/ingest-world.ts';
import { makeStream } from '../../support/report-stream.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

describe('ingest on DynamoDB Local', () => {
  let db: TestTables;
  beforeAll(async () => {
    db = await createTables();
  });
  afterAll(() => db.drop());

  const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);

  it.each(SEEDS)(
    'counts random stream %i exactly through faults, races, clean-ups and a replay',
    async seed => {
      const stream = makeStream({
        seed,
        edges: 1 + (seed % 3),
        boots: 1 + (seed % 4),
        reports: 3,
        policies: 4,
        maxParts: 1 + (seed % 3),
        shards: 1 + (seed % 2),
        reshards: seed % 3,
        lost: 0.2,
        repeated: 0.2,
        disorder: seed % 2 ? 200 : 3,
        bad: false,
        prefix: `${seed}-`,
      });
      const trouble = { faults: 0.2, races: 0.5, cleanups: 0.3, redelivered: 0.3 };
      const world = new IngestWorld({ client: db.client, tables: db.tables, stream, seed, ...trouble });
      await world.run();
      await world.expectExact();
      await world.replay();
      await world.expectExact();
    },
  );
});

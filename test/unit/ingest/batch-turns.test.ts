import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { turnsOf } from '../../../core/ingest/batch-turns.ts';
import { ingest } from '../../../core/ingest/ingest.ts';
import { signedRecord, testKey } from '../../support/edge-keys.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { ingestContext } from '../../support/ingest-context.ts';
import { rawRecord, reportRecord, T0 } from '../../support/report-records.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const BIG = gzipSync(Buffer.alloc(250_000, ' '));

describe('turns of a batch', () => {
  it('are a single one if every edge stays within its share', () => {
    const records = Array.from({ length: 1000 }, (_, i) =>
      reportRecord({ edge_id: `edge-${i % 10}`, seq: i }),
    );
    expect(turnsOf(records)).toEqual([records]);
  });

  it('keep the records of an edge in stream order, each once, and at most its share in each turn', () => {
    const sizes = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', '__proto__', ''), fc.constantFrom(0, 10, 200_000, 2_000_000)),
    );
    fc.assert(
      fc.property(sizes, list => {
        const records = list.map(([partition_key, size], sequence) =>
          rawRecord(Buffer.alloc(size), { sequence, partition_key }),
        );
        const turns = turnsOf(records);
        expect(turns.every(turn => turn.length > 0)).toBe(true);
        for (const key of new Set(list.map(([partition_key]) => partition_key))) {
          const ofKey = (turn: typeof records) => turn.filter(({ partition_key }) => partition_key === key);
          expect(turns.flatMap(ofKey)).toEqual(ofKey(records));
          for (const turn of turns) expect(ofKey(turn).length).toBeLessThanOrEqual(1024);
        }
      }),
    );
  });

  it('weigh a signed record by its content, like an unsigned one', async () => {
    const key = await testKey('a');
    const records = Array.from({ length: 20 }, (_, sequence) =>
      rawRecord(BIG, { sequence, partition_key: 'heavy' }),
    );
    const signed = records.map(record => signedRecord(record, key));
    const sizes = (list: typeof records) => turnsOf(list).map(({ length }) => length);
    expect(sizes(signed)).toEqual([5, 4, 4, 4, 3]);
    expect(sizes(signed)).toEqual(sizes(records));
  });

  it('leave the remaining records of a large sender to the next batch once half of the time has passed', async () => {
    const heavy = (sequence: number) => rawRecord(BIG, { sequence, partition_key: 'heavy' });
    const light = (edge: number) =>
      reportRecord(
        { edge_id: `edge-${edge}`, policies: [{ policy_id: '7', packets: 1n }] },
        { sequence: 100 + edge },
      );
    const records = [
      ...Array.from({ length: 20 }, (_, i) => heavy(i)),
      ...Array.from({ length: 20 }, (_, i) => light(i)),
    ];
    const store = new FakeDynamoDb();
    const context = ingestContext({ client: store.client, tables: TABLES });
    // The first turn takes more than half of the time.
    let calls = 0;
    const clock = () => (calls++ === 0 ? T0 : T0 + 31_000);
    const open = await ingest(records, { ...context, clock });
    expect(open).toEqual(records.slice(5, 20));
    expect(context.tally).toMatchObject({ ReportsApplied: 20, ReportsQuarantined: 5, ReportsNotApplied: 15 });
    expect(await ingest(open, context)).toEqual([]);
  });
});

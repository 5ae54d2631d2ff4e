import { expect, it } from 'vitest';
import { readBaselineChunks } from '../../../core/ledger/figures/baseline-chunks.ts';
import { sealPacked } from '../../../core/ledger/packing/packed-item.ts';
import { PackedWriter } from '../../../core/ledger/packing/packed-writer.ts';
import { clientWith } from '../../support/fake-dynamodb.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

it.each([
  ['two figures, of an earlier release', [5n, 50n], 0n],
  ['more figures, of a later release', [5n, 50n, 7n, 9n], 7n],
])('a chunk with %s is read', async (_, figures, estimated_bytes) => {
  const out = new PackedWriter();
  out.number(figures.length);
  out.number(2);
  for (const id of ['a', 'b']) {
    out.text(id);
    for (const figure of figures) out.count(figure);
  }
  const client = clientWith(async () => ({ Items: [{ sk: 'a', data: sealPacked(out.bytes()) }] }));
  const counts = { packets: 5n, bytes: 50n, estimated_bytes };
  expect(await readBaselineChunks({ client, tables: TABLES }, { chunks_id: 'r', chunks: 1 })).toEqual(
    new Map([
      ['a', counts],
      ['b', counts],
    ]),
  );
});

it('a reset without all of its chunks is never read as one with fewer policies', async () => {
  const client = clientWith(async () => ({ Items: [] }));
  const reset = { chunks_id: 'r', chunks: 2 };
  await expect(readBaselineChunks({ client, tables: TABLES }, reset)).rejects.toThrow(
    'The reset r has 0 of its 2 chunks.',
  );
});

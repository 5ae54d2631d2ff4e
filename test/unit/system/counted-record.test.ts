import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readCounted } from '../../support/soak/counted-record.ts';
import type { MadeReport, RecordLine } from '../../support/soak/counted-spool.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patronus-record-'));
});
afterEach(() => rm(folder, { recursive: true }));

function made(seq: number, packets: number, { boot_id = 'boot', run = '0-1' } = {}): RecordLine {
  const report: MadeReport = {
    ...{ edge_id: 'edge-1', boot_id, seq, run, site_id: 'site' },
    counted: [['default', `${packets}`, `${packets * 100}`]],
    pairs: [['default', 'wan1', `${packets}`, `${packets * 100}`]],
    paths: [['path', `${packets}`, `${packets * 90}`, '1', '2']],
  };
  return { made: report };
}
const kept = (seq: number, boot_id = 'boot'): RecordLine => ({ kept: { edge_id: 'edge-1', boot_id, seq } });
const found = (seq: number): RecordLine => ({ found: { edge_id: 'edge-1', boot_id: 'boot', seq } });

async function read(...files: (RecordLine | string)[][]) {
  const names = await Promise.all(
    files.map(async (lines, index) => {
      const name = join(folder, `${index}.jsonl`);
      const text = lines.map(line => (typeof line === 'string' ? line : `${JSON.stringify(line)}\n`));
      await writeFile(name, text.join(''));
      return name;
    }),
  );
  const { edges, recorded, reports, boots } = await readCounted(names);
  return { pairs: edges.get('edge-1')?.pairs.get('default wan1'), edges, recorded, reports, boots };
}

it('counts the last stored report, and no report that a kill kept out of the spool', async () => {
  const { pairs, recorded, reports } = await read([made(1, 5), kept(1), made(2, 8), kept(2), made(3, 9)]);
  expect(pairs).toEqual({ packets: 8n, bytes: 800n });
  expect(recorded).toEqual(new Map([['default', { packets: 8n, bytes: 800n }]]));
  expect(reports).toBe(2);
});

it('counts a report once that the next run found in the spool', async () => {
  const { pairs, reports } = await read(
    [made(1, 5), kept(1), made(2, 8)],
    [found(2), made(1, 3, { boot_id: 'next', run: '0-2' }), kept(1, 'next')],
    [found(2)],
  );
  expect(pairs).toEqual({ packets: 11n, bytes: 1100n });
  expect(reports).toBe(3);
});

it('sums up the boots of an edge, and skips a line that a kill truncated', async () => {
  const { edges, boots } = await read(
    [made(1, 5), kept(1), '{"made":{"edge'],
    [made(1, 3, { boot_id: 'next', run: '0-2' }), kept(1, 'next')],
  );
  expect(boots).toBe(2);
  expect(edges.get('edge-1')?.paths.get('path')).toEqual({
    tx_packets: 8n,
    tx_bytes: 720n,
    rx_packets: 2n,
    rx_bytes: 4n,
  });
});

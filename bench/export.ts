import { ExportFile } from '../core/export/export-file.ts';
import { exportFiles } from '../core/export/export-files.ts';
import { NOTHING_WRITTEN } from '../core/export/export-job.ts';
import type { FlowRow } from '../core/export/export-reader.ts';
import { exportText } from '../core/export/export-text.ts';
import { flowsTable } from '../core/export/flows-table.ts';
import { makeS3Client } from '../core/storage/s3-client.ts';
import type { BenchRow } from './bench-row.ts';
import { liveHeapBytes } from './support/measure.ts';

const ROWS = 500_000;
const PAGE = 1000;
/**
 * Limits as shares of the rows a second of only joining the cells, and of only making the same
 * text.
 */
const MIN_TEXT_RATIO = 0.2;
const MIN_PARTS_RATIO = 0.3;
/** Limit as a share of the file's size: memory stays flat. */
const MAX_GROWTH_RATIO = 0.2;
/** For a part that is being filled, its copy, and its signature. */
const MAX_PARTS_GROWTH_RATIO = 0.4;

/** An export of the flow log as CSV: its speed and its memory. */
export async function run(): Promise<BenchRow[]> {
  return [...(await textRows()), ...(await partRows())];
}

async function textRows(): Promise<BenchRow[]> {
  await exportRows(20_000);
  const heapBefore = heapMb();
  const begin = performance.now();
  const { heaviest, characters } = await exportRows(ROWS);
  const value = ROWS / ((performance.now() - begin) / 1000);
  const peer_value = await floor();
  const growth = heaviest - heapBefore;
  const file = characters / 2 ** 20;
  return [
    {
      name: 'CSV export of flows',
      value,
      unit: 'rows/s',
      peer: 'joining the same cells with commas',
      peer_value,
      ratio: value / peer_value,
      threshold: `ratio >= ${MIN_TEXT_RATIO}`,
      ok: value / peer_value >= MIN_TEXT_RATIO,
      note: '16 columns; without the API that the rows come from',
    },
    {
      name: `CSV export: memory over ${ROWS} rows`,
      value: growth,
      unit: 'MB',
      peer: 'the file as a whole',
      peer_value: file,
      ratio: growth / file,
      threshold: `ratio <= ${MAX_GROWTH_RATIO}`,
      ok: growth <= MAX_GROWTH_RATIO * file,
      note: 'live heap at its largest while running, above that before',
    },
  ];
}

/**
 * The function's way: the same rows as text, in parts, through the SDK's client to a bucket that
 * accepts everything at once.
 */
async function partRows(): Promise<BenchRow[]> {
  await uploadRows(20_000);
  const before = memoryMb();
  const begin = performance.now();
  const { heaviest, parts } = await uploadRows(ROWS);
  const value = ROWS / ((performance.now() - begin) / 1000);
  const beginText = performance.now();
  const { characters } = await exportRows(ROWS);
  const peer_value = ROWS / ((performance.now() - beginText) / 1000);
  const growth = heaviest - before;
  const file = characters / 2 ** 20;
  return [
    {
      name: 'CSV export of flows in parts to a bucket',
      value,
      unit: 'rows/s',
      peer: 'the same text, thrown away',
      peer_value,
      ratio: value / peer_value,
      threshold: `ratio >= ${MIN_PARTS_RATIO}`,
      ok: value / peer_value >= MIN_PARTS_RATIO,
      note: `${parts} parts, signed; without reading the rows and without the network`,
    },
    {
      name: `CSV export in parts: memory over ${ROWS} rows`,
      value: growth,
      unit: 'MB',
      peer: 'the file as a whole',
      peer_value: file,
      ratio: growth / file,
      threshold: `ratio <= ${MAX_PARTS_GROWTH_RATIO}`,
      ok: growth <= MAX_PARTS_GROWTH_RATIO * file,
      note: 'live heap and buffers at their largest after a part, above those before',
    },
  ];
}

async function uploadRows(rows: number): Promise<{ heaviest: number; parts: number }> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = makeS3Client({ region: 'eu-central-1', credentials });
  // Requests are signed but not sent.
  client.middlewareStack.add(
    () => async () => ({ response: {}, output: { ETag: '"part"', $metadata: {} } }),
    {
      step: 'finalizeRequest',
      priority: 'low',
    },
  );
  const file = new ExportFile(
    {
      files: exportFiles(client, 'bench'),
      columns,
      format: 'csv',
      object_key: 'exports/bench.csv',
      beginUpload: async () => 'upload',
    },
    NOTHING_WRITTEN,
  );
  let heaviest = 0;
  for await (const page of pages(rows)) {
    file.add(page);
    if (!file.hasPart) continue;
    await file.uploadPart();
    heaviest = Math.max(heaviest, memoryMb());
  }
  await file.uploadPart();
  return { heaviest, parts: file.parts.length };
}

const columns = flowsTable.columns({ kind: 'FLOWS', format: 'csv', from: 0, to: 0 });

async function exportRows(rows: number): Promise<{ heaviest: number; characters: number }> {
  let heaviest = 0;
  let characters = 0;
  let pieces = 0;
  for await (const piece of exportText(pages(rows), { columns, format: 'csv' })) {
    characters += piece.length;
    if (pieces++ % 200 === 0) heaviest = Math.max(heaviest, heapMb());
  }
  return { heaviest, characters };
}

async function floor(): Promise<number> {
  const begin = performance.now();
  let characters = 0;
  for await (const page of pages(ROWS)) {
    for (const row of page) characters += Object.values(row).join(',').length;
  }
  if (characters === 0) throw new Error('Nothing was joined');
  return ROWS / ((performance.now() - begin) / 1000);
}

async function* pages(rows: number): AsyncGenerator<FlowRow[]> {
  for (let from = 0; from < rows; from += PAGE) {
    yield Array.from({ length: PAGE }, (_, index) => rowOf(from + index));
  }
}

function rowOf(number: number): FlowRow {
  return {
    sent_at: '2026-01-31T12:00:00.000Z',
    interval_s: 60,
    edge_id: `edge-${number % 1000}`,
    site_id: '550e8400-e29b-41d4-a716-446655440000',
    endpoint_id: 'wan1',
    policy_id: String(number % 20),
    src: `10.1.${number & 255}.7`,
    src_port: 32_768 + (number % 28_000),
    dst: '192.0.2.9',
    dst_port: 443,
    protocol: 6,
    application: 'Web',
    packets_exact: String(number),
    bytes_exact: String(number * 700),
    first: '2026-01-31T11:59:00.000Z',
    last: '2026-01-31T11:59:59.000Z',
  };
}

function memoryMb(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

function heapMb(): number {
  return liveHeapBytes() / 2 ** 20;
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Recorder } from '../core/recorder/recorder.ts';
import { makeCounter } from '../edge/cli/make-counter.ts';
import { InputNotes } from '../edge/counting/input-notes.ts';
import type { BenchRow } from './bench-row.ts';

const RECORDS = 200_000;
const ROUNDS = 9;
const MAX_RATIO = 2;

/** Records of real tools, written as JSON lines; each flow is repeated with other ports. */
const SAMPLES = { nfdump: 'softflowd-ipfix-nfdump.json', goflow2: 'softflowd-ipfix-goflow2.json' } as const;

/** Time to count an exporter's JSON lines, compared with only JSON.parse of the same lines. */
export async function run(): Promise<BenchRow[]> {
  return (['goflow2', 'nfdump'] as const).map(measure);
}

function measure(format: keyof typeof SAMPLES): BenchRow {
  const lines = makeLines(format);
  const input = Buffer.from(`${lines.join('\n')}\n`);
  let counting = Number.POSITIVE_INFINITY;
  let parsing = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    counting = Math.min(
      counting,
      timeOf(() => count(format, input)),
    );
    parsing = Math.min(
      parsing,
      timeOf(() => parseAll(lines)),
    );
  }
  const ratio = counting / parsing;
  return {
    name: `JSON line of ${format}, counted`,
    value: (counting * 1e6) / RECORDS,
    unit: 'ns',
    peer: 'JSON.parse of the same lines',
    peer_value: (parsing * 1e6) / RECORDS,
    ratio,
    threshold: `ratio <= ${MAX_RATIO}`,
    ok: ratio <= MAX_RATIO,
    note: `${RECORDS} lines of ${Math.round(input.length / RECORDS)} bytes, the best of ${ROUNDS} rounds`,
  };
}

function makeLines(format: keyof typeof SAMPLES): string[] {
  const path = fileURLToPath(new URL(`../test/fixtures/exporters/${SAMPLES[format]}`, import.meta.url));
  const text = readFileSync(path, 'utf8').trim();
  const records: Record<string, unknown>[] =
    format === 'nfdump' ? JSON.parse(text) : text.split('\n').map(line => JSON.parse(line));
  return Array.from({ length: RECORDS }, (_, i) =>
    JSON.stringify({ ...records[i % records.length]!, src_port: 1024 + (i % 10_000) }),
  );
}

function count(format: keyof typeof SAMPLES, input: Buffer): void {
  const recorder = new Recorder();
  const counter = makeCounter(format, recorder, {
    interval_ms: 60_000,
    notes: new InputNotes(),
    onProblem: ({ message }) => {
      throw new Error(message);
    },
  });
  for (let at = 0; at < input.length; at += 65_536) {
    for (const _ of counter.feed(input.subarray(at, at + 65_536)));
  }
  counter.end();
  if (recorder.totals().packets === 0n) throw new Error('The lines hold no traffic.');
}

function parseAll(lines: readonly string[]): void {
  let fields = 0;
  for (const line of lines) fields += JSON.parse(line).proto === undefined ? 0 : 1;
  if (fields === 0) throw new Error('The lines hold no record.');
}

function timeOf(work: () => void): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

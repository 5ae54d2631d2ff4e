import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLines, type FlowLine, flowOf, parseLines } from '../../../core/flows/flow-line.ts';
import { reportsOf } from '../../../core/flows/lines-of-object.ts';
import { batchKey, hourOf, indexKey, mergedKey, parseObjectKey } from '../../../core/flows/object-key.ts';
import { RecentReports } from '../../../core/flows/recent-reports.ts';
import { ReportsSeen } from '../../../core/flows/reports-seen.ts';
import type { FlowRecord } from '../../../core/totals/flow-record.ts';

const text = fc.string({ unit: 'binary' });
const count = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const flow: fc.Arbitrary<FlowRecord> = fc.record({
  policy_id: text,
  endpoint_id: text,
  src: text,
  src_port: fc.nat(65_535),
  dst: text,
  dst_port: fc.nat(65_535),
  protocol: fc.nat(255),
  packets: fc.oneof(count, fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n)),
  bytes: count,
  first: text,
  last: text,
});
const report = fc.record({
  edge_id: text,
  boot_id: text,
  part: fc.nat(100),
  seq: fc.nat(2 ** 30),
  site_id: text,
  interval_s: fc.double({ min: 0, max: 31_536_000, noNaN: true }),
  flows: fc.array(flow, { maxLength: 5 }),
});
const times = { sent_at_ms: Date.UTC(2026, 0, 31), arrived_at_ms: Date.UTC(2026, 0, 31, 1) };

describe('lines of the flow log', () => {
  it('read back unchanged with any content', () => {
    fc.assert(
      fc.property(report, given => {
        const written = encodeLines(given, given.flows, times);
        const lines = parseLines(written);
        expect(lines.map(flowOf)).toEqual(given.flows.map(wellFormed));
        expect(lines.map(({ n }) => n)).toEqual(given.flows.map((_, n) => n));
        // Each line stands alone, and is written again as it was.
        expect(lines.map(line => `${JSON.stringify(line)}\n`).join('')).toBe(written);
        for (const line of lines) {
          const { edge_id, boot_id, part, seq, site_id, interval_s } = line;
          const { flows, ...rest } = wellFormed(given);
          expect({ edge_id, boot_id, part, seq, site_id, interval_s }).toEqual({
            ...rest,
            interval_s: rest.interval_s === 0 ? 0 : rest.interval_s,
          });
        }
      }),
    );
  });

  it('have counts as numbers up to 2^53 − 1 and as digits above', () => {
    const base = fc.sample(report, 1)[0]!;
    const [sample] = fc.sample(flow, 1);
    const counts = [0n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n];
    const flows = counts.map(bytes => ({ ...sample!, bytes }));
    expect(parseLines(encodeLines(base, flows, times)).map(({ bytes }) => bytes)).toEqual([
      0,
      9007199254740991,
      '9007199254740992',
      '9223372036854775807',
    ]);
  });

  it('contain no half of a surrogate pair, which other programs reject', () => {
    const [sample] = fc.sample(report, 1);
    const written = encodeLines(
      { ...sample!, boot_id: 'a\ud800' },
      [{ ...fc.sample(flow, 1)[0]!, src: '\udc00b' }],
      times,
    );
    const [line] = parseLines(written);
    expect([line?.boot_id, line?.src]).toEqual(['a\ufffd', '\ufffdb']);
  });

  it('are read report by report from an object of any size with any number of gzip members', async () => {
    const flows = Array.from({ length: 50 }, (_, n) => ({
      ...fc.sample(flow, 1)[0]!,
      src: 'x'.repeat(n * 200),
    }));
    const texts = Array.from({ length: 40 }, (_, seq) =>
      encodeLines({ edge_id: 'e', boot_id: 'b', part: 0, seq, site_id: 's', interval_s: 1 }, flows, times),
    );
    const members = [texts.slice(0, 15), texts.slice(15)].map(some => gzipSync(some.join('')));
    const read: FlowLine[][] = [];
    for await (const some of reportsOf(Buffer.concat(members))) read.push(...some);
    expect(read.map(lines => [lines[0]!.seq, lines.length])).toEqual(texts.map((_, seq) => [seq, 50]));
    expect(
      read
        .flat()
        .map(line => JSON.stringify(line))
        .join('\n'),
    ).toBe(texts.join('').trimEnd());
  });

  it('cause an error if they end early', async () => {
    const read = async (): Promise<void> => {
      for await (const _ of reportsOf(gzipSync('{"edge_id":"e"}\n{"edge')));
    };
    await expect(read()).rejects.toThrow('ends in the middle of a line');
  });
});

function wellFormed<T extends object>(given: T): T {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.toWellFormed() : value,
    ]),
  ) as T;
}

describe('reports seen', () => {
  it('are distinguished by edge, boot, part and seq with any ids', () => {
    fc.assert(
      fc.property(fc.array(report), reports => {
        const seen = new ReportsSeen();
        const names = new Set<string>();
        for (const { edge_id, boot_id, part, seq } of [...reports, ...reports]) {
          const name = JSON.stringify([edge_id, boot_id, part, seq]);
          expect(seen.add({ edge_id, boot_id, part, seq })).toBe(!names.has(name));
          names.add(name);
          expect(seen.has({ edge_id, boot_id, part, seq })).toBe(true);
        }
      }),
    );
  });
});

describe('recent reports', () => {
  it('are remembered up to the limit at least, and up to twice the limit at most', () => {
    const recent = new RecentReports({ max: 10 });
    const report = (seq: number) => ({ edge_id: 'e', boot_id: 'b', part: 0, seq });
    for (let seq = 0; seq < 100; seq++) {
      recent.add(report(seq));
      const known = Array.from({ length: seq + 1 }, (_, at) => at).filter(at => recent.has(report(at)));
      expect(known).toEqual(Array.from({ length: known.length }, (_, at) => seq + 1 - known.length + at));
      expect(known.length).toBeGreaterThanOrEqual(Math.min(seq + 1, 10));
      expect(known.length).toBeLessThanOrEqual(20);
    }
  });
});

describe('keys of the flow log', () => {
  const named = { first_ms: 1_769_860_800_700, last_ms: 1_769_860_804_912, digest: 'a'.repeat(32) };

  it('describe the content of an object', () => {
    const key = batchKey({ ...named, shard: 12 });
    expect(key).toBe(`flows/dt=2026-01-31/hour=12/1769860800700-1769860804912-s12-${named.digest}.jsonl.gz`);
    const { first_ms, last_ms, digest } = named;
    const hour = hourOf(first_ms);
    expect(parseObjectKey(key)).toEqual({ key, hour, first_ms, last_ms, digest, generation: 0 });
    expect(parseObjectKey(mergedKey({ ...named, generation: 3 }))).toMatchObject({ generation: 3 });
    expect(indexKey(key)).toBe(`flow-index/${key.slice(6)}.index`);
    expect(parseObjectKey('flows/dt=2026-01-31/hour=12/notes.txt')).toBeUndefined();
  });

  it('of merged objects sort after those of their sources', () => {
    const batch = batchKey({ ...named, shard: 3 });
    const first = mergedKey({ ...named, generation: 1 });
    const second = mergedKey({ ...named, generation: 2, digest: '0'.repeat(32) });
    expect([second, first, batch].sort()).toEqual([first, second, batch]);
  });
});

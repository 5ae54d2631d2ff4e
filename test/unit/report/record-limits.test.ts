import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeReport } from '../../../core/report/decode-report.ts';
import { encodeReport } from '../../../core/report/encode-report.ts';
import { inflate, statedSize } from '../../../core/report/inflate-record.ts';
import { checkStructure } from '../../../core/report/json-structure.ts';
import { ReportRejected } from '../../../core/report/rejection.ts';
import type { Report } from '../../../core/report/report.ts';
import { parseReportJson } from '../../../core/report/report-json.ts';
import { partOfPair, partsNeeded } from '../../../core/report/report-parts.ts';
import type { FlowRecord } from '../../../core/totals/flow-record.ts';
import { makeReport, reportJson } from '../../support/report-records.ts';

const KIB = 1024;
const rejectionOf = (what: () => unknown): string | undefined => {
  try {
    what();
    return undefined;
  } catch (error) {
    if (error instanceof ReportRejected) return error.code;
    throw error;
  }
};
const structure = (json: string) => rejectionOf(() => checkStructure(Buffer.from(json)));

describe('the JSON structure', () => {
  const names = (count: number) => `{${Array.from({ length: count }, (_, n) => `"field-${n}":0`).join(',')}}`;

  it.each([
    ['nesting', '['.repeat(8) + ']'.repeat(8), '['.repeat(9) + ']'.repeat(9), 'too_deep'],
    ['values', `[${'0,'.repeat(24_576)}0]`, `[${'0,'.repeat(24_577)}0]`, 'too_complex'],
    ['arrays', `[${'[]'.repeat(4607)}]`, `[${'[]'.repeat(4608)}]`, 'too_complex'],
    ['objects', `[${'{}'.repeat(4607)}]`, `[${'{}'.repeat(4608)}]`, 'too_complex'],
  ])('is bounded in %s', (_, most, more, code) => {
    expect([structure(most), structure(more)]).toEqual([undefined, code]);
  });

  it('is bounded in names, which count once each', () => {
    // Hashes are of 14 bits, so that a few names may share one.
    expect(structure(names(256))).toBeUndefined();
    expect(structure(names(300))).toBe('too_complex');
    expect(structure(`[${`${names(200)},`.repeat(10)}0]`)).toBeUndefined();
  });

  it.each([
    [String.raw`"\"[[[[[[[[[["`, undefined],
    [String.raw`["\\",[[[[[[[[0]]]]]]]]]`, 'too_deep'],
    [`"${'[,'.repeat(30_000)}`, undefined],
  ])('is not affected by the content of strings: %.20s', (json, code) => {
    expect(structure(json)).toBe(code);
  });
});

describe('a record', () => {
  const spaces = (length: number) => Buffer.from('{}'.padEnd(length));

  it('has at most 256 KiB of JSON, plain or inflated', () => {
    for (const packed of [(bytes: Buffer) => bytes, (bytes: Buffer) => gzipSync(bytes)]) {
      expect(rejectionOf(() => parseReportJson(packed(spaces(256 * KIB))))).toBeUndefined();
      expect(rejectionOf(() => parseReportJson(packed(spaces(256 * KIB + 1))))).toBe('too_large');
    }
  });

  it('is rejected before inflation if its gzip data is too long for 256 KiB', () => {
    const MOST = 256 * KIB * 1.125 + KIB;
    const gzip = (length: number) => Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(length - 2, 1)]);
    expect(rejectionOf(() => inflate(gzip(MOST)))).toBe('bad_gzip');
    expect(rejectionOf(() => inflate(gzip(MOST + 1)))).toBe('too_large');
  });

  it('is gzip only if both first bytes match', () => {
    for (const bytes of [[0x1f, 0x7b], [0x7b, 0x8b], []]) {
      const record = Uint8Array.from(bytes);
      expect(inflate(record)).toBe(record);
    }
  });

  it('of random bytes of any size inflates unchanged', () => {
    for (const size of [0, 1, 100 * KIB, 200 * KIB, 256 * KIB]) {
      const bytes = randomBytes(size);
      expect(Buffer.from(inflate(gzipSync(bytes))).equals(bytes)).toBe(true);
      expect(statedSize(gzipSync(bytes))).toBe(size);
    }
  });

  it('states its size in its last four bytes, also above 2^31', () => {
    const end = (...bytes: number[]) => Uint8Array.from([...new Array<number>(14).fill(0), ...bytes]);
    expect(statedSize(end(1, 2, 3, 0xff))).toBe(0xff030201);
    expect(statedSize(end(1, 2, 3, 0xff).subarray(1))).toBe(0);
  });

  it('is rejected if many bytes of gzip inflate to nothing', () => {
    // Stored blocks without a byte in them, five bytes each.
    const empty = Buffer.concat(new Array<Buffer>(30_000).fill(Buffer.from([0, 0, 0, 0xff, 0xff])));
    const head = gzipSync('').subarray(0, 10);
    expect(rejectionOf(() => inflate(Buffer.concat([head, empty])))).toBe('bad_gzip');
  });

  it('is rejected with the cause', () => {
    const causeOf = (record: Uint8Array) => {
      try {
        parseReportJson(record);
      } catch (error) {
        return (error as Error).cause;
      }
    };
    expect(causeOf(Buffer.from('{'))).toBeInstanceOf(SyntaxError);
    expect(causeOf(Uint8Array.from([0x22, 0xff, 0x22]))).toBeInstanceOf(TypeError);
    expect(causeOf(Uint8Array.from([0x1f, 0x8b, 0]))).toBeInstanceOf(Error);
    expect(parseReportJson(Buffer.from('"é"')).value).toBe('é');
  });
});

describe('a field', () => {
  const changed = (fields: object) => () =>
    decodeReport(Buffer.from(reportJson({ ...makeReport(), ...fields })), 'edge-1');
  const pair = { policy_id: 'p', endpoint_id: 'w', packets: 1, bytes: 1, active_flows: 0 };
  const path = {
    ...{ latency_ms: 1, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 1 },
    measured_at: '2026-01-31T12:00:00Z',
    ...{ tx_packets: 0, tx_bytes: 0, rx_packets: 0, rx_bytes: 0 },
  };
  const eachOf = (length: number, make: (n: number) => object) => Array.from({ length }, (_, n) => make(n));
  const policies = (more: object) => changed({ policies: [{ ...pair, ...more }] });

  it.each([
    ['an id of 128 characters', policies({ policy_id: 'p'.repeat(128) }), undefined],
    ['an id of 129', policies({ policy_id: 'p'.repeat(129) }), 'bad_field'],
    ['as many active flows as there may be', policies({ active_flows: 2 ** 32 - 1 }), undefined],
    ['one more', policies({ active_flows: 2 ** 32 }), 'bad_field'],
    ['the same as text', policies({ active_flows: '4294967295' }), undefined],
    ['one more as text', policies({ active_flows: '4294967296' }), 'bad_field'],
    ['half a flow', policies({ active_flows: 0.5 }), 'fractional_count'],
    ['a count that is not digits', policies({ packets: ' ' }), 'bad_field'],
    ['the largest count', policies({ packets: '9223372036854775807' }), undefined],
    ['a larger one', policies({ packets: '9223372036854775808' }), 'count_too_large'],
    ['28 February', changed({ sent_at: '2026-02-28T12:00:00Z' }), undefined],
    ['29 February of a leap year', changed({ sent_at: '2028-02-29T12:00:00Z' }), undefined],
    ['29 February of another', changed({ sent_at: '2026-02-29T12:00:00Z' }), 'bad_field'],
    ['nine digits of a second', changed({ sent_at: '2026-02-28T12:00:00.123456789Z' }), undefined],
    ['ten', changed({ sent_at: '2026-02-28T12:00:00.1234567890Z' }), 'bad_field'],
    ['a time before another character', changed({ sent_at: '2026-02-28T12:00:00Z.' }), 'bad_field'],
    ['the last moment of a day', changed({ sent_at: '2026-02-28T23:59:59Z' }), undefined],
    ['the 24th hour', changed({ sent_at: '2026-02-28T24:00:00Z' }), 'bad_field'],
    ['the 60th minute', changed({ sent_at: '2026-02-28T12:60:00Z' }), 'bad_field'],
    ['the 60th second', changed({ sent_at: '2026-02-28T12:00:60Z' }), 'bad_field'],
    ['a fraction without digits', changed({ sent_at: '2026-02-28T12:00:00.Z' }), 'bad_field'],
    ['UTC as +00:00', changed({ sent_at: '2026-02-28T12:00:00+00:00' }), undefined],
    ['UTC as -00:00', changed({ sent_at: '2026-02-28T12:00:00-00:00' }), undefined],
    ['a time without a zone', changed({ sent_at: '2026-02-28T12:00:00' }), 'bad_field'],
    ['a year of five digits', changed({ sent_at: '12026-02-28T12:00:00Z' }), 'bad_field'],
    ['day 0', changed({ sent_at: '2026-02-00T12:00:00Z' }), 'bad_field'],
    ['the last part of 1024', changed({ parts: 1024, part: 1023 }), undefined],
    ['one part after it', changed({ parts: 1024, part: 1024 }), 'bad_field'],
    ['1025 parts', changed({ parts: 1025 }), 'bad_field'],
    ['80 policies', changed({ policies: eachOf(80, n => ({ ...pair, policy_id: `${n}` })) }), undefined],
    [
      '1000 pairs of one policy',
      changed({ policies: eachOf(1000, n => ({ ...pair, endpoint_id: `${n}` })) }),
      undefined,
    ],
    ['1024 paths', changed({ paths: eachOf(1024, n => ({ ...path, path_id: `${n}` })) }), undefined],
    ['a time after another character', changed({ sent_at: ' 2026-02-28T12:00:00Z' }), 'bad_field'],
  ])('is accepted or rejected with %s', (_, decode, code) => {
    expect(rejectionOf(decode)).toBe(code);
  });

  it('is quoted up to 60 characters if it is wrong', () => {
    const shown = (length: number) => {
      try {
        changed({ interval_s: 'x'.repeat(length) })();
      } catch (error) {
        return /is (".*?); expected/.exec((error as Error).message)?.[1];
      }
    };
    expect(shown(58)).toBe(`"${'x'.repeat(58)}"`);
    expect(shown(59)).toBe(`"${'x'.repeat(59)}…`);
  });

  it('is not the reason for a rejection if the report is too deep as well', () => {
    const deep = JSON.parse('['.repeat(9) + ']'.repeat(9));
    expect(rejectionOf(changed({ v: 2 }))).toBe('wrong_version');
    expect(rejectionOf(changed({ v: 2, more: deep }))).toBe('too_deep');
    expect(rejectionOf(() => parseReportJson(Buffer.from(`{"a":${'['.repeat(9)}`)))).toBe('too_deep');
  });

  it('is quoted up to 40 characters if it has another version', () => {
    expect(changed({ v: 'x'.repeat(80) })).toThrow(`(v is "${'x'.repeat(39)})`);
  });

  it('is checked for its structure even if it is unknown', () => {
    expect(rejectionOf(changed({ more: JSON.parse('['.repeat(9) + ']'.repeat(9)) }))).toBe('too_deep');
  });
});

describe('a part', () => {
  const id = (n: number) => `${n}`.padStart(36, '0');

  it('holds as many paths as have room for their totals in 56 KiB', () => {
    const paths = (count: number) => Array.from({ length: count }, (_, n) => ({ path_id: id(n) }));
    // 320 bytes around each id of 38 with its quotes.
    expect(partsNeeded({ pairs: [], paths: paths(160) })).toBe(1);
    expect(partsNeeded({ pairs: [], paths: paths(161) })).toBe(2);
  });

  it('holds as many pairs as have room for their totals in 176 KiB', () => {
    const pairs = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ policy_id: 'p', endpoint_id: id(n) }));
    // 140 bytes around a policy of 3 and an endpoint of 38.
    expect(partsNeeded({ pairs: pairs(995) })).toBe(1);
    expect(partsNeeded({ pairs: pairs(996) })).toBe(2);
  });

  it('may have several paths, each once', () => {
    const path = {
      ...{ latency_ms: 1, jitter_ms: 1, packet_loss_pct: 0, bandwidth_mbps: 1 },
      measured_at: '2026-01-31T12:00:00Z',
      ...{ tx_packets: 0n, tx_bytes: 0n, rx_packets: 0n, rx_bytes: 0n },
    };
    const decode = (...ids: string[]) => {
      const paths = ids.map(path_id => ({ ...path, path_id }));
      return decodeReport(Buffer.from(reportJson(makeReport({ paths }))), 'edge-1').report.paths.length;
    };
    expect(decode(id(1), id(2), id(3))).toBe(3);
    expect(rejectionOf(() => decode(id(1), id(2), id(1)))).toBe('duplicate_path');
  });

  it('is always the same one for a pair, and the first in a report of one part', () => {
    const pair = { policy_id: 'p', endpoint_id: 'w' };
    expect(partOfPair(pair, 1)).toBe(0);
    // Fixed for good: totals of a pair stay in one lane.
    expect([2, 3, 7, 1024].map(parts => partOfPair(pair, parts))).toEqual([0, 2, 4, 894]);
  });

  it('is sent unchanged up to 256 KiB of JSON; beyond that, its flows are summed up or omitted', () => {
    const flow = {
      ...{ policy_id: 'p', endpoint_id: 'w', src: '10.0.0.1', src_port: 1, dst: '10.0.0.2', dst_port: 2 },
      ...{ protocol: 6, packets: 1n, bytes: 1n },
      ...{ first: '2026-01-31T12:00:00Z', last: '2026-01-31T12:00:00Z' },
    };
    /**
     * The flows that are sent of a report with these, whose JSON has so many bytes without them.
     */
    const sentOf = (bytes: number, flows: FlowRecord[]) => {
      const bare = makeReport({ flows: [] });
      const site_id = 'x'.repeat(bytes - Buffer.byteLength(reportJson(bare)) + bare.site_id.length);
      const [{ data } = { data: Buffer.of() }] = encodeReport({ ...bare, site_id, flows });
      return (JSON.parse(gunzipSync(data).toString()) as Report).flows.map(({ src }) => src);
    };
    const two = Buffer.byteLength(JSON.stringify([flow, flow], (_, value) => Number(value) || value)) - 2;
    const other = { ...flow, src: '10.0.0.3' };
    expect(sentOf(256 * KIB - two, [flow, other])).toEqual(['10.0.0.1', '10.0.0.3']);
    expect(sentOf(256 * KIB - two + 1, [flow, other])).toEqual(['10.0.0.1', 'other']);
    expect(sentOf(256 * KIB, [flow, other])).toEqual([]);
  });

  it('cannot be sent if it is too large without flows', () => {
    const policies = Array.from({ length: 3000 }, (_, n) => ({
      policy_id: 'p',
      endpoint_id: `${n}`.padStart(128, '0'),
    }));
    expect(() => encodeReport(makeReport({ policies }))).toThrow(
      /^Part 0 of a report has \d{6} bytes of JSON; 262144 are allowed\.$/,
    );
  });
});

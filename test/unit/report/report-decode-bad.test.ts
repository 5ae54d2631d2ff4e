import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeReport } from '../../../core/report/decode-report.ts';
import { ReportRejected } from '../../../core/report/rejection.ts';
import { makeReport, reportJson } from '../../support/report-records.ts';

const report = makeReport({ policies: [{ policy_id: '7', packets: 1n, bytes: 40n }] });

function rejectionOf(record: Uint8Array | string, partition_key = 'edge-1'): string {
  try {
    decodeReport(Buffer.from(record as string), partition_key);
    return 'taken';
  } catch (error) {
    if (error instanceof ReportRejected) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const changed = (fields: object) => reportJson({ ...report, ...fields });
const changedPair = (fields: object) => changed({ policies: [{ ...report.policies[0], ...fields }] });
const changedPath = (fields: object) =>
  changed({
    paths: [
      {
        path_id: 'p-1',
        latency_ms: 1,
        jitter_ms: 1,
        packet_loss_pct: 1,
        bandwidth_mbps: 1,
        measured_at: '2026-01-31T12:00:00Z',
        tx_packets: 1,
        tx_bytes: 1,
        rx_packets: 1,
        rx_bytes: 1,
        ...fields,
      },
    ],
  });
const pairs = (count: number) =>
  Array.from({ length: count }, (_, p) => ({ ...report.policies[0], policy_id: String(p) }));

describe('a record that is no report is rejected with a reason for people', () => {
  it.each<[string, Uint8Array | string, string]>([
    ['empty', '', 'not_json: The record is not JSON (Unexpected end of JSON input).'],
    [
      'text',
      'hello',
      'not_json: The record is not JSON (Unexpected token \'h\', "hello" is not valid JSON).',
    ],
    [
      'broken gzip',
      Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]),
      'bad_gzip: The record begins like gzip but can not be decompressed (unexpected end of file).',
    ],
    [
      'a gzip bomb',
      gzipSync(Buffer.alloc(100_000_000)),
      'too_large: The report is over 262144 bytes of JSON; send it in more parts (gzip-compressed).',
    ],
    [
      'too much JSON',
      `"${'x'.repeat(262_143)}"`,
      'too_large: The report is over 262144 bytes of JSON; send it in more parts (262145 bytes).',
    ],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'not_utf8: The record is not UTF-8 text.'],
    [
      'deep nesting',
      '['.repeat(100_000) + ']'.repeat(100_000),
      'too_deep: The report is nested deeper than 8 levels.',
    ],
    [
      'a list',
      '[]',
      'bad_field: A field of the report is missing or is not what it must be (the report is an array; expected an object).',
    ],
    [
      'no version',
      '{}',
      'wrong_version: The report is of a version that this system does not read; it reads version 1 (v is missing).',
    ],
    [
      'another version',
      changed({ v: 2 }),
      'wrong_version: The report is of a version that this system does not read; it reads version 1 (v is 2).',
    ],
  ])('%s', (_, record, reason) => {
    expect(rejectionOf(record)).toBe(reason);
  });

  it('of another edge', () => {
    expect(rejectionOf(reportJson(report), 'edge-2')).toBe(
      'foreign_edge: The report is of another edge than the one under whose partition key it was sent ' +
        '(edge_id is "edge-1", the partition key is "edge-2").',
    );
  });

  it.each<[string, string]>([
    [changedPair({ packets: -1 }), 'negative_count: … (policies[0].packets is -1).'],
    [changedPair({ packets: '-1' }), 'negative_count: … (policies[0].packets is "-1").'],
    [changedPair({ bytes: 1.5 }), 'fractional_count: … (policies[0].bytes is 1.5).'],
    [changedPair({ bytes: '1.5' }), 'fractional_count: … (policies[0].bytes is "1.5").'],
    [changedPair({ active_flows: -2 }), 'negative_count: … (policies[0].active_flows is -2).'],
    [changedPair({ bytes: 2 ** 53 }), 'inexact_count: … (policies[0].bytes is 9007199254740992).'],
    [
      changedPair({ bytes: '9223372036854775808' }),
      'count_too_large: … (policies[0].bytes is "9223372036854775808").',
    ],
    [changedPair({ bytes: 1e300 }), 'count_too_large: … (policies[0].bytes is 1e+300).'],
    [
      changedPair({ bytes: '0x10' }),
      'bad_field: … (policies[0].bytes is "0x10"; expected a count in decimal digits).',
    ],
    [changedPair({ bytes: null }), 'bad_field: … (policies[0].bytes is null; expected a count).'],
    [changedPair({ bytes: undefined }), 'bad_field: … (policies[0].bytes is missing; expected a count).'],
    [
      changedPair({ policy_id: '' }),
      'bad_field: … (policies[0].policy_id is ""; expected text of 1 to 128 characters).',
    ],
    [
      changedPair({ policy_id: 7 }),
      'bad_field: … (policies[0].policy_id is 7; expected text of 1 to 128 characters).',
    ],
    [
      changedPair({ policy_id: 'a\u0000b' }),
      'bad_field: … (policies[0].policy_id is "a\\u0000b"; expected text of 1 to 128 characters).',
    ],
    [
      changedPair({ policy_id: '\ud800' }),
      'bad_field: … (policies[0].policy_id is "\\ud800"; expected text of 1 to 128 characters).',
    ],
    [changed({ policies: {} }), 'bad_field: … (policies is an object; expected an array).'],
    [changed({ policies: [1] }), 'bad_field: … (policies[0] is 1; expected an object).'],
    [changed({ seq: 1.5 }), 'bad_field: … (seq is 1.5; expected a whole number from 0 to 9007199254740991).'],
    [changed({ part: 1 }), 'bad_field: … (part is 1; expected a whole number from 0 to 0).'],
    [changed({ parts: 0 }), 'bad_field: … (parts is 0; expected a whole number from 1 to 1024).'],
    [changed({ sent_at: 'now' }), 'bad_field: … (sent_at is "now"; expected an RFC 3339 time in UTC).'],
    [
      changed({ sent_at: '2026-01-31T12:00:00+01:00' }),
      'bad_field: … (sent_at is "2026-01-31T12:00:00+01:00"; expected an RFC 3339 time in UTC).',
    ],
    [
      changed({ sent_at: '2026-13-31T12:00:00Z' }),
      'bad_field: … (sent_at is "2026-13-31T12:00:00Z"; expected an RFC 3339 time in UTC).',
    ],
    [changed({ policies: pairs(81) }), 'too_many_policies: … (81 policies).'],
    [
      changed({ policies: [report.policies[0], report.policies[0]] }),
      'duplicate_pair: … (policy "7", endpoint "wan1").',
    ],
    [
      changedPath({ packet_loss_pct: 100.1 }),
      'bad_field: … (paths[0].packet_loss_pct is 100.1; expected a number from 0 to 100).',
    ],
    [
      changedPath({ latency_ms: -0.1 }),
      'bad_field: … (paths[0].latency_ms is -0.1; expected a number from 0 up).',
    ],
    [
      changedPath({ latency_ms: null }),
      'bad_field: … (paths[0].latency_ms is null; expected a number from 0 up).',
    ],
    [changedPath({ rx_bytes: -1 }), 'negative_count: … (paths[0].rx_bytes is -1).'],
    [
      changed({ flows: [{}] }),
      'bad_field: … (flows[0].policy_id is missing; expected text of 1 to 128 characters).',
    ],
  ])('%s', (json, reason) => {
    const [code, detail] = reason.split('… ');
    expect(rejectionOf(json)).toMatch(code!);
    expect(rejectionOf(json).endsWith(detail!), rejectionOf(json)).toBe(true);
  });

  it('whatever bytes come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, gzip) => {
        const record = gzip ? gzipSync(bytes) : bytes;
        expect(() => decodeReport(record, 'edge-1')).toThrow(ReportRejected);
      }),
    );
  });

  it('whatever stands in place of a field', () => {
    const keys = Object.keys(report).filter(key => key !== 'v');
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        expect(rejectionOf(changed({ [key]: value }))).toMatch(/^(taken|[a-z_]+: .+\.)$/s);
      }),
      { numRuns: 2000 },
    );
  });
});

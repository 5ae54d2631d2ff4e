import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeReport } from '../../../core/report/decode-report.ts';
import { REJECTION_REASONS, type RejectionCode, ReportRejected } from '../../../core/report/rejection.ts';
import { makeReport, reportJson } from '../../support/report-records.ts';

const report = makeReport({ policies: [{ policy_id: '7', packets: 1n, bytes: 40n }] });

const MUCH_GZIP = gzipSync(randomBytes(310_000));

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
const changedFlow = (fields: object) =>
  changed({
    flows: [
      {
        policy_id: '7',
        endpoint_id: 'wan1',
        src: '10.0.0.1',
        src_port: 1,
        dst: '10.0.0.2',
        dst_port: 2,
        protocol: 17,
        packets: 1,
        bytes: 1,
        first: '2026-01-31T12:00:00Z',
        last: '2026-01-31T12:00:00Z',
        ...fields,
      },
    ],
  });
const pairs = (count: number) =>
  Array.from({ length: count }, (_, p) => ({ ...report.policies[0], policy_id: String(p) }));

describe('a record that is not a report is rejected with a readable reason', () => {
  it.each<[string, Uint8Array | string, RejectionCode, string?]>([
    ['empty', '', 'not_json', 'Unexpected end of JSON input'],
    ['text', 'hello', 'not_json', 'Unexpected token \'h\', "hello" is not valid JSON'],
    ['broken gzip', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), 'bad_gzip', 'unexpected end of file'],
    ['a gzip bomb', gzipSync(Buffer.alloc(100_000_000)), 'too_large', 'gzip-compressed'],
    ['gzip over the limit', MUCH_GZIP, 'too_large', `${MUCH_GZIP.length} bytes of gzip`],
    [
      'gzip with a long empty start',
      Buffer.concat(Array.from({ length: 10_000 }, () => gzipSync(''))),
      'bad_gzip',
      'the first 49152 bytes hold 0',
    ],
    ['too much JSON', `"${'x'.repeat(262_143)}"`, 'too_large', '262145 bytes'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'not_utf8'],
    ['deep nesting', '['.repeat(100_000) + ']'.repeat(100_000), 'too_deep'],
    [
      'fields of too many names',
      changed({ x: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`name-${i}`, 0])) }),
      'too_complex',
      'it has more than 256 different names of fields',
    ],
    [
      'objects',
      changed({ x: Array(5000).fill({}) }),
      'too_complex',
      'it has more than 4608 arrays and objects',
    ],
    ['numbers', changed({ x: Array(30_000).fill(0) }), 'too_complex', 'it has more than 24576 values'],
    ['a list', '[]', 'bad_field', 'the report is an array; expected an object'],
    ['no version', '{}', 'wrong_version', 'v is missing'],
    ['another version', changed({ v: 2 }), 'wrong_version', 'v is 2'],
  ])('%s', (_, record, code, detail) => {
    const reason = REJECTION_REASONS[code];
    expect(rejectionOf(record)).toBe(`${code}: ${reason}${detail ? ` (${detail})` : ''}.`);
  });

  it.each(Object.entries(REJECTION_REASONS))(
    'gives the problem first and then the solution: %s',
    (_, reason) => {
      expect(reason).toMatch(/^[A-Z][^;]+; (send|start|use|encode|deploy|compare) [^;]+[^.;]$/);
    },
  );

  it('of another edge', () => {
    expect(rejectionOf(reportJson(report), 'edge-2')).toBe(
      'foreign_edge: The report is of another edge than the one under whose partition key it was sent; send edge_id as partition key ' +
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
      'bad_field: … (policies[0].policy_id is ""; expected text of 1 to 128 printable characters).',
    ],
    [
      changedPair({ policy_id: 7 }),
      'bad_field: … (policies[0].policy_id is 7; expected text of 1 to 128 printable characters).',
    ],
    [
      changedPair({ policy_id: 'a\u0000b' }),
      'bad_field: … (policies[0].policy_id is "a\\u0000b"; expected text of 1 to 128 printable characters).',
    ],
    [
      changedPair({ policy_id: '\ud800' }),
      'bad_field: … (policies[0].policy_id is "\\ud800"; expected text of 1 to 128 printable characters).',
    ],
    [changed({ policies: {} }), 'bad_field: … (policies is an object; expected an array).'],
    [changed({ policies: [1] }), 'bad_field: … (policies[0] is 1; expected an object).'],
    [changed({ seq: 1.5 }), 'bad_field: … (seq is 1.5; expected a whole number from 0 to 1099511627776).'],
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
      'bad_field: … (paths[0].latency_ms is -0.1; expected a number from 0 to 3600000).',
    ],
    [
      changedPath({ latency_ms: null }),
      'bad_field: … (paths[0].latency_ms is null; expected a number from 0 to 3600000).',
    ],
    [changedPath({ rx_bytes: -1 }), 'negative_count: … (paths[0].rx_bytes is -1).'],
    [
      changed({ seq: 2 ** 40 + 1 }),
      'bad_field: … (seq is 1099511627777; expected a whole number from 0 to 1099511627776).',
    ],
    [
      changed({ interval_s: 1e16 }),
      'bad_field: … (interval_s is 10000000000000000; expected a number from 0 to 31536000).',
    ],
    [changed({ interval_s: -1 }), 'bad_field: … (interval_s is -1; expected a number from 0 to 31536000).'],
    [
      changedPair({ active_flows: 2 ** 32 }),
      'bad_field: … (active_flows is 4294967296; expected at most 4294967295).',
    ],
    ...[
      '2026-02-29T12:00:00Z',
      '9999-12-31T24:00:00Z',
      '0000-01-01T00:00:00Z',
      '+010000-01-01T00:00:00Z',
    ].map((time): [string, string] => [
      changed({ sent_at: time }),
      `bad_field: … (sent_at is "${time}"; expected an RFC 3339 time in UTC).`,
    ]),
    ...['a\u0085b', 'a\u2028b', '\u202eab', '\ufeffab'].map((id): [string, string] => [
      changed({ boot_id: id }),
      `bad_field: … (boot_id is "${id}"; expected text of 1 to 128 printable characters).`,
    ]),
    [
      changedPath({ bandwidth_mbps: 1e10 }),
      'bad_field: … (paths[0].bandwidth_mbps is 10000000000; expected a number from 0 to 1000000000).',
    ],
    [
      changed({ policies: Array(4097).fill(0) }),
      'too_many_entries: … (policies has 4097 entries; at most 4096 are taken).',
    ],
    [
      changed({ flows: Array(2049).fill(0) }),
      'too_many_entries: … (flows has 2049 entries; at most 2048 are taken).',
    ],
    [
      changed({ paths: Array(1025).fill(0) }),
      'too_many_entries: … (paths has 1025 entries; at most 1024 are taken).',
    ],
    [changedPath({}).replace(/"paths":\[(.*?)\]/, '"paths":[$1,$1]'), 'duplicate_path: … (path "p-1").'],
    [
      changedFlow({ src: 'host' }),
      'bad_field: … (flows[0].src is "host"; expected an IPv4 or IPv6 address).',
    ],
    [
      changedFlow({ dst: 'fe80::1%eth0' }),
      'bad_field: … (flows[0].dst is "fe80::1%eth0"; expected an IPv4 or IPv6 address).',
    ],
    [
      changedFlow({ src_port: 65_536 }),
      'bad_field: … (flows[0].src_port is 65536; expected a whole number from 0 to 65535).',
    ],
    [
      changedFlow({ protocol: 256 }),
      'bad_field: … (flows[0].protocol is 256; expected a whole number from 0 to 255).',
    ],
    [
      changed({ flows: [{}] }),
      'bad_field: … (flows[0].policy_id is missing; expected text of 1 to 128 printable characters).',
    ],
  ])('%s', (json, reason) => {
    const [code, detail] = reason.split('… ');
    expect(rejectionOf(json)).toMatch(code!);
    expect(rejectionOf(json).endsWith(detail!), rejectionOf(json)).toBe(true);
  });

  it('with any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, gzip) => {
        const record = gzip ? gzipSync(bytes) : bytes;
        expect(() => decodeReport(record, 'edge-1')).toThrow(ReportRejected);
      }),
    );
  });

  it('with any value in place of a field', () => {
    const keys = Object.keys(report).filter(key => key !== 'v');
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        expect(rejectionOf(changed({ [key]: value }))).toMatch(/^(taken|[a-z_]+: .+\.)$/s);
      }),
      { numRuns: 2000 },
    );
  });
});

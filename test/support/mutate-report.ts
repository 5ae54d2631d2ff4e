import { gzipSync } from 'node:zlib';
import type { Random } from './random.ts';
import { reportJson } from './report-records.ts';

/** A report as JSON holds it. */
// biome-ignore lint/suspicious/noExplicitAny: mutations put anything anywhere
export type RawReport = any;

/** A record derived from a valid report. */
export interface Mutant {
  data: Uint8Array;
  partition_key?: string;
}

/** `good`: counts like its original report. `bad`: cannot be counted. */
export interface Mutation {
  name: string;
  verdict: 'good' | 'bad';
  make(report: RawReport, random: Random): Mutant;
}

const NOT_NUMBERS = ['1.0', true, null, [], {}, '-1', 'NaN', [[1]], { 0: 1 }, '１'];
const NOT_TEXT = [
  7,
  true,
  null,
  [],
  {},
  '',
  'x'.repeat(129),
  'a\u0000b',
  '\ud800',
  'a\u2028',
  '\u202ea',
  '\u009b',
];
const NOT_TIMES = [
  ...NOT_TEXT,
  'now',
  '2026-02-30T00:00:00Z',
  '9999-12-31T24:00:00Z',
  '2026-01-31T12:00:00',
  '2026-01-31',
];
const NOT_COUNTS = [-1, 1.5, 1e300, 2 ** 53, '1e3', '01', '9223372036854775808', ' 1', '٣', ...NOT_NUMBERS];
const NOT_LISTS = [{}, 'x', 1, null, true, { length: 1, 0: {} }, [1], [[]], ['x'], [null], [{}]];
const NOT_INTEGERS = [-1, 1.5, 1e16, 1e300, 2 ** 53, '1', ...NOT_NUMBERS];

/** Fields of a report with values that are invalid for all of them. */
const BAD_VALUES: [path: (string | number)[], values: unknown[]][] = [
  [['v'], [0, 2, '1', null, {}, [1]]],
  [['edge_id'], [...NOT_TEXT, 'another-edge']],
  [['site_id'], NOT_TEXT],
  [['boot_id'], NOT_TEXT],
  [['policies_version'], NOT_TEXT],
  [['seq'], [2 ** 40 + 1, ...NOT_INTEGERS]],
  [['part'], [1, 1024, ...NOT_INTEGERS]],
  [['parts'], [0, 1025, ...NOT_INTEGERS]],
  [['sent_at'], NOT_TIMES],
  [['interval_s'], [-1, 31_536_001, 1e16, 1e300, ...NOT_NUMBERS]],
  [['policies'], NOT_LISTS],
  [['flows'], NOT_LISTS],
  [['paths'], NOT_LISTS],
  [['policies', 0, 'policy_id'], NOT_TEXT],
  [['policies', 0, 'endpoint_id'], NOT_TEXT],
  [['policies', 0, 'packets'], NOT_COUNTS],
  [['policies', 0, 'bytes'], NOT_COUNTS],
  [
    ['policies', 0, 'active_flows'],
    [2 ** 32, ...NOT_COUNTS],
  ],
  [['flows', 0, 'policy_id'], NOT_TEXT],
  [
    ['flows', 0, 'src'],
    [...NOT_TEXT, 'host', '1.2.3', '256.1.1.1', '::1%eth0', '1.2.3.4/8'],
  ],
  [
    ['flows', 0, 'dst'],
    [...NOT_TEXT, 'host', '1.2.3.4 ', ':::'],
  ],
  [
    ['flows', 0, 'src_port'],
    [65_536, ...NOT_INTEGERS],
  ],
  [
    ['flows', 0, 'dst_port'],
    [65_536, ...NOT_INTEGERS],
  ],
  [
    ['flows', 0, 'protocol'],
    [256, ...NOT_INTEGERS],
  ],
  [['flows', 0, 'packets'], NOT_COUNTS],
  [['flows', 0, 'bytes'], NOT_COUNTS],
  [['flows', 0, 'first'], NOT_TIMES],
  [['flows', 0, 'last'], NOT_TIMES],
  [['paths', 0, 'path_id'], NOT_TEXT],
  [
    ['paths', 0, 'latency_ms'],
    [-1, 3_600_001, 1e300, ...NOT_NUMBERS],
  ],
  [
    ['paths', 0, 'jitter_ms'],
    [-1, 3_600_001, 1e300, ...NOT_NUMBERS],
  ],
  [
    ['paths', 0, 'packet_loss_pct'],
    [-0.1, 100.1, ...NOT_NUMBERS],
  ],
  [
    ['paths', 0, 'bandwidth_mbps'],
    [-1, 1e10, 1e300, ...NOT_NUMBERS],
  ],
  [['paths', 0, 'measured_at'], NOT_TIMES],
  [['paths', 0, 'tx_bytes'], NOT_COUNTS],
  [['paths', 0, 'rx_packets'], NOT_COUNTS],
];

const STRANGE_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  '\u0000',
  '💥',
  'then',
  'length',
];

const packed = (text: string, random: Random): Mutant => ({
  data: random.chance(0.5) ? gzipSync(text) : Buffer.from(text),
});

const changed = (report: RawReport, change: (copy: RawReport) => void): string => {
  const copy = JSON.parse(reportJson(report));
  change(copy);
  return JSON.stringify(copy);
};

/** JSON with one more member at its beginning, as text. */
const withMember = (report: RawReport, member: string): string => `{${member},${reportJson(report).slice(1)}`;

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

const setAt = (target: RawReport, path: (string | number)[], value: unknown): void => {
  const parent = path.slice(0, -1).reduce((inner, name) => inner[name], target);
  parent[path.at(-1)!] = value;
};

/**
 * Every way in which a record can be invalid, or unusual and valid. Reports have at least a policy,
 * a flow and a path.
 */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a value that the field can not have',
    verdict: 'bad',
    make: (report, random) => {
      const [path, values] = random.pick(BAD_VALUES);
      return packed(
        changed(report, copy => setAt(copy, path, random.pick(values))),
        random,
      );
    },
  },
  {
    name: 'a field is missing',
    verdict: 'bad',
    make: (report, random) => {
      const fields = BAD_VALUES.map(([path]) => path).filter(path => path[0] !== 'flows' || path.length > 1);
      const path = random.pick(fields.filter(each => each[0] !== 'paths' || each.length > 1));
      return packed(
        changed(report, copy => setAt(copy, path, undefined)),
        random,
      );
    },
  },
  {
    name: 'a number that JSON parses to infinity',
    verdict: 'bad',
    make: (report, random) =>
      packed(reportJson(report).replace(/"(interval_s|latency_ms|seq)":[\d.]+/, '"$1":1e999'), random),
  },
  {
    name: 'a pair stands twice',
    verdict: 'bad',
    make: (report, random) =>
      packed(
        changed(report, copy => copy.policies.push(copy.policies[0])),
        random,
      ),
  },
  {
    name: 'a path stands twice',
    verdict: 'bad',
    make: (report, random) =>
      packed(
        changed(report, copy => copy.paths.push(copy.paths[0])),
        random,
      ),
  },
  {
    name: 'more policies than a part has',
    verdict: 'bad',
    make: (report, random) =>
      packed(
        changed(report, copy => {
          for (let p = 0; p < 81; p++) copy.policies.push({ ...copy.policies[0], policy_id: `many-${p}` });
        }),
        random,
      ),
  },
  {
    name: 'lists of many wrong things',
    verdict: 'bad',
    make: (report, random) =>
      packed(
        changed(report, copy => {
          copy[random.pick(['policies', 'flows', 'paths'])] = Array(random.pick([10, 3000, 50_000])).fill(
            random.pick([0, {}, [], null]),
          );
        }),
        random,
      ),
  },
  {
    name: 'another partition key',
    verdict: 'bad',
    make: (report, random) => ({
      ...packed(reportJson(report), random),
      partition_key: random.pick(['', '__proto__', `${report.edge_id} `, 'x'.repeat(256)]),
    }),
  },
  {
    name: 'nesting without end',
    verdict: 'bad',
    make: (report, random) =>
      packed(withMember(report, `"deep":${nested(random.pick([8, 20, 100_000]))}`), random),
  },
  {
    name: 'names without end',
    verdict: 'bad',
    make: (report, random) => {
      const names = Array.from({ length: random.pick([400, 15_000]) }, (_, i) => `"${i.toString(36)}-":0`);
      return packed(withMember(report, names.join(',')), random);
    },
  },
  {
    name: 'truncated',
    verdict: 'bad',
    make: (report, random) => {
      const { data } = packed(reportJson(report), random);
      return { data: data.subarray(0, random.below(data.length - 8)) };
    },
  },
  {
    name: 'a gzip bomb',
    verdict: 'bad',
    make: (report, random) => ({
      data: gzipSync(withMember(report, `"x":"${'x'.repeat(random.pick([262_144, 3_000_000]))}"`)),
    }),
  },
  {
    name: 'gzip with a bit flipped in its data',
    verdict: 'bad',
    make: (report, random) => {
      const data = gzipSync(reportJson(report));
      // Neither in the header, parts of which have no meaning, nor in the padding of the last byte.
      const at = 10 + random.below(data.length - 19);
      data[at]! ^= 1 << random.below(8);
      return { data };
    },
  },
  {
    name: 'not UTF-8',
    verdict: 'bad',
    make: report => ({
      data: Buffer.concat([
        Buffer.from('{"x":"'),
        Buffer.of(0xc3, 0x28),
        Buffer.from(`",${reportJson(report).slice(1)}`),
      ]),
    }),
  },
  {
    name: 'bytes',
    verdict: 'bad',
    make: (_, random) => ({
      data: Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256))),
    }),
  },
  {
    name: 'an old release that begins a total again',
    verdict: 'bad',
    make: (report, random) =>
      packed(
        changed(report, copy => (copy.policies[0].packets = 0)),
        random,
      ),
  },
  {
    name: 'fields that nobody knows',
    verdict: 'good',
    make: (report, random) => {
      const value = random.pick([
        '1',
        '"\\ud800"',
        '{}',
        nested(7),
        '{"__proto__":{"v":2}}',
        '[{"a":1e999}]',
        'null',
      ]);
      return packed(withMember(report, `${JSON.stringify(random.pick(STRANGE_NAMES))}:${value}`), random);
    },
  },
  {
    name: 'a field stands twice: its last value counts',
    verdict: 'good',
    make: (report, random) => packed(withMember(report, '"seq":0,"policies":7,"seq":"x","v":{}'), random),
  },
  {
    name: 'white space and a byte order mark',
    verdict: 'good',
    make: (report, random) =>
      packed(
        `${random.pick(['', '\ufeff'])} \n\t${JSON.stringify(JSON.parse(reportJson(report)), null, 2)}\r\n`,
        random,
      ),
  },
  {
    name: 'counts as text',
    verdict: 'good',
    make: (report, random) =>
      packed(
        changed(report, copy => {
          for (const pair of copy.policies) pair.packets = String(pair.packets);
        }),
        random,
      ),
  },
  {
    name: 'measurements at their limits',
    verdict: 'good',
    make: (report, random) =>
      packed(
        changed(report, copy => {
          copy.interval_s = random.pick([0, 31_536_000, 1e-300, 59.999]);
          copy.paths[0].latency_ms = random.pick([0, 3_600_000, 1e-300, 5e-324]);
          copy.paths[0].bandwidth_mbps = random.pick([0, 1e9, 1e-200]);
          copy.sent_at = random.pick([
            '0001-01-01T00:00:00Z',
            '9999-12-31T23:59:59.999999999Z',
            copy.sent_at,
          ]);
          copy.site_id = random.pick(['__proto__', 'العربية', '💥'.repeat(64), copy.site_id]);
        }).replace('"interval_s":0', '"interval_s":-0'),
        random,
      ),
  },
  {
    name: 'gzip in several members, or stored',
    verdict: 'good',
    make: (report, random) => {
      const json = Buffer.from(reportJson(report));
      if (random.chance(0.5)) return { data: gzipSync(json, { level: 0 }) };
      const at = random.below(json.length);
      return { data: Buffer.concat([gzipSync(json.subarray(0, at)), gzipSync(json.subarray(at))]) };
    },
  },
];

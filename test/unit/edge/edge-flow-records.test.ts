import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DistinctFlows } from '../../../core/recorder/distinct-flows.ts';
import { Recorder } from '../../../core/recorder/recorder.ts';
import { InputNotes } from '../../../edge/counting/input-notes.ts';
import { FlowRecordCounter } from '../../../edge/flow-records/flow-record-counter.ts';
import { goflow2Reader } from '../../../edge/flow-records/goflow2.ts';
import { nfdumpReader } from '../../../edge/flow-records/nfdump.ts';
import type { ReadRecord, RecordReaderOptions } from '../../../edge/flow-records/record-fields.ts';

const NOW = Date.UTC(2026, 0, 31, 12);

type MakeReader = (options: RecordReaderOptions) => ReadRecord;

function countAll(
  makeReader: MakeReader,
  text: string,
  { chunk = 1e9, interval_ms = 60_000, scale_sampled = false } = {},
) {
  const notes = new InputNotes();
  const read = makeReader({ scale_sampled, notes });
  const distinct = new DistinctFlows();
  const recorder = new Recorder({ distinct_flows: distinct, clock: () => NOW });
  const problems: string[] = [];
  const counter = new FlowRecordCounter({
    recorder,
    read,
    notes,
    interval_ms,
    onProblem: ({ line, message }) => problems.push(`${line}: ${message}`),
    clock: () => NOW,
  });
  const bytes = Buffer.from(text);
  const ends: number[] = [];
  for (let at = 0; at < bytes.length; at += chunk) {
    for (const { interval_end_ms } of counter.feed(bytes.subarray(at, at + chunk)))
      ends.push(interval_end_ms);
  }
  counter.end();
  const { flows } = recorder.takeInterval();
  const { packets, bytes: octets } = recorder.totals();
  return {
    flows,
    packets,
    bytes: octets,
    problems,
    notes: notes.list(),
    ends,
    skipped: counter.skipped,
    distinct,
    counter,
  };
}

const NFDUMP = {
  type: 'FLOW',
  sampled: 0,
  export_sysid: 1,
  first: '2026-01-31T12:00:00.250',
  last: '2026-01-31T12:00:01.500',
  received: '2026-01-31T12:00:02.000',
  in_packets: 10,
  in_bytes: 5120,
  proto: 6,
  tcp_flags: '...AP.S.',
  src_port: 51234,
  dst_port: 443,
  fwd_status: 0,
  src_tos: 0,
  src4_addr: '10.1.2.3',
  dst4_addr: '192.0.2.9',
};

const GOFLOW2 = {
  type: 'NETFLOW_V9',
  time_received_ns: 1769860802000000000,
  sequence_num: 12,
  sampling_rate: 1,
  sampler_address: '192.0.2.254',
  time_flow_start_ns: 1769860800250000000,
  time_flow_end_ns: 1769860801500000000,
  bytes: 5120,
  packets: 10,
  src_addr: '10.1.2.3',
  dst_addr: '192.0.2.9',
  etype: 'IPv4',
  proto: 'TCP',
  src_port: 51234,
  dst_port: 443,
};

const COUNTED = {
  policy_id: 'default',
  endpoint_id: 'wan1',
  src: '10.1.2.3',
  src_port: 51234,
  dst: '192.0.2.9',
  dst_port: 443,
  protocol: 6,
  packets: 10n,
  bytes: 5120n,
};

describe('records of nfdump', () => {
  // nfdump writes the times of the machine's zone.
  const local = (text: string) => new Date(text).toISOString();
  const counted = {
    ...COUNTED,
    first: local('2026-01-31T12:00:00.250'),
    last: local('2026-01-31T12:00:01.500'),
  };

  it.each([
    ['ndjson', `${JSON.stringify(NFDUMP)}\n`],
    ['ndjson without an end of line', JSON.stringify(NFDUMP)],
    ['json over many lines', `[\n${JSON.stringify(NFDUMP, null, '\t')}\n]\n`],
    [
      'json of version 1.6',
      `[\n${JSON.stringify(NFDUMP, null, '\t').replace('"first"', '"t_first"').replace('"last"', '"t_last"')}\n]\n`,
    ],
    ['a list on one line', `${JSON.stringify([NFDUMP])}\n`],
    ['a list of lines', `[\n${JSON.stringify(NFDUMP)}\n]`],
    ['Windows ends of line', `[\r\n${JSON.stringify(NFDUMP)}\r\n]\r\n`],
  ])('are read from %s', (_, text) => {
    const { flows, problems } = countAll(nfdumpReader, text);
    expect(problems).toEqual([]);
    expect(flows).toEqual([counted]);
  });

  it('are read from a comma-separated list, in pieces of any size', () => {
    const list = Array.from({ length: 20 }, (_, i) => ({
      ...NFDUMP,
      src_port: i,
      src4_addr: undefined,
      dst4_addr: undefined,
      src6_addr: '2001:db8::1',
      dst6_addr: '2001:db8::2',
    }));
    const texts = [JSON.stringify(list, null, 1), list.map(record => JSON.stringify(record)).join('\n')];
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.integer({ min: 1, max: 700 }), (text, chunk) => {
        const { packets, bytes, problems, distinct } = countAll(nfdumpReader, text, { chunk });
        expect({ packets, bytes, problems, flows: distinct.flows }).toEqual({
          packets: 200n,
          bytes: 102_400n,
          problems: [],
          flows: 20,
        });
      }),
    );
  });

  it('keep counters past 2^53 exact', () => {
    const text = JSON.stringify(NFDUMP)
      .replace('5120', '9223372036854775807')
      .replace('10', '9007199254740993');
    const { packets, bytes } = countAll(nfdumpReader, text);
    expect([packets, bytes]).toEqual([9007199254740993n, 9223372036854775807n]);
  });

  it('of ICMP have no ports, and do not count as transport flows', () => {
    const { src_port: _, dst_port: __, ...icmp } = { ...NFDUMP, proto: 1, icmp_type: 8, icmp_code: 0 };
    const { flows, distinct } = countAll(nfdumpReader, JSON.stringify(icmp));
    expect(flows).toEqual([{ ...counted, protocol: 1, src_port: 0, dst_port: 0 }]);
    expect([distinct.flows, distinct.flows_l4]).toEqual([1, 0]);
  });

  it('of events and of flows without packets are skipped', () => {
    const text = [
      { ...NFDUMP, type: 'EVENT', nat_event_id: '1', in_packets: 0, in_bytes: 0 },
      { ...NFDUMP, in_packets: 0, in_bytes: 0 },
    ]
      .map(one => JSON.stringify(one))
      .join('\n');
    const { packets, skipped, problems } = countAll(nfdumpReader, text);
    expect({ packets, skipped, problems }).toEqual({ packets: 0n, skipped: 2, problems: [] });
  });

  it('that are invalid are reported with line and reason, and the others counted', () => {
    const bad = (change: object) => JSON.stringify({ ...NFDUMP, ...change });
    const { packets, problems } = countAll(
      nfdumpReader,
      [
        JSON.stringify(NFDUMP),
        'Summary: total flows: 3',
        bad({ in_packets: -1 }),
        bad({ in_bytes: 1.5 }),
        bad({ in_packets: undefined }),
        bad({ src4_addr: '10.1.2' }),
        bad({ src6_addr: '2001:db8::1', dst6_addr: '192.0.2.9' }),
        bad({ src_port: 65536 }),
        bad({ proto: 'TCP' }),
        '{"type": "FLOW", "in_packets": 3',
        '{"type": "FLOW" "in_packets": 3}',
        '17',
        JSON.stringify(NFDUMP),
      ].join('\n'),
    );
    expect(problems).toEqual([
      '2: a JSON object was expected',
      '3: in_packets is -1; a whole number from 0 to 2^63 − 1 was expected',
      '4: in_bytes is 1.5; a whole number from 0 to 2^63 − 1 was expected',
      '5: in_packets is missing; a whole number from 0 to 2^63 − 1 was expected',
      '6: src4_addr is "10.1.2"; an IPv4 or IPv6 address was expected',
      '7: src6_addr and dst6_addr are not of the same IP version',
      '8: src_port is 65536; a whole number from 0 to 65535 was expected',
      '9: proto is "TCP"; a protocol number from 0 to 255 was expected',
      '10: the object does not end',
      '11: a JSON object was expected',
      '12: a JSON object was expected',
    ]);
    expect(packets).toBe(20n);
  });

  it('that are truncated are reported with the line on which the record begins', () => {
    const { packets, problems } = countAll(
      nfdumpReader,
      `[\n${JSON.stringify([NFDUMP, NFDUMP], null, 1).slice(2, -40)}`,
    );
    expect({ packets, problems }).toEqual({ packets: 10n, problems: ['20: the object does not end'] });
  });

  it('of any length need bounded memory', () => {
    const endless = `${'x'.repeat(3_000_000)}\n{${'\n"a": 1,'.repeat(60_000)}\n${JSON.stringify(NFDUMP)}`;
    const { packets, problems } = countAll(nfdumpReader, endless, { chunk: 65_536 });
    expect(packets).toBe(10n);
    expect(problems[0]).toBe('1: the record is longer than 262144 characters');
    expect(problems[1]).toBe('2: the record is longer than 262144 characters');
  });

  it('never crash on any bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...'{}[],:"a1\n ', '{"proto":6,', '}\n', JSON.stringify(NFDUMP))),
        parts => {
          countAll(nfdumpReader, parts.join(''), { chunk: 7 });
        },
      ),
    );
  });

  it('end an interval by their own times', () => {
    const at = (second: number) =>
      JSON.stringify({ ...NFDUMP, last: new Date(NOW + second * 1000).toISOString() });
    const { ends, counter } = countAll(nfdumpReader, [0, 59, 60, 59, 300, 301].map(at).join('\n'));
    expect(ends.map(end => (end - NOW) / 1000)).toEqual([60, 120]);
    expect(counter.last_ms).toBe(NOW + 301_000);
  });
});

describe('records of goflow2', () => {
  const counted = { ...COUNTED, first: '2026-01-31T12:00:00.250Z', last: '2026-01-31T12:00:01.500Z' };

  it.each<[string, object]>([
    ['version 2', GOFLOW2],
    [
      'version 2 with times as text',
      {
        ...GOFLOW2,
        time_flow_start_ns: '2026-01-31T12:00:00.25Z',
        time_flow_end_ns: '2026-01-31T12:00:01.5Z',
      },
    ],
    [
      'version 1',
      {
        Type: 'NETFLOW_V9',
        TimeReceived: 1769860802,
        SamplingRate: 0,
        TimeFlowStart: 1769860800,
        TimeFlowEnd: 1769860801,
        TimeFlowStartMs: 1769860800250,
        TimeFlowEndMs: 1769860801500,
        Bytes: 5120,
        Packets: 10,
        SrcAddr: '10.1.2.3',
        DstAddr: '192.0.2.9',
        Etype: 2048,
        Proto: 6,
        SrcPort: 51234,
        DstPort: 443,
      },
    ],
    ['protobuf, with counters as text', { ...GOFLOW2, bytes: '5120', packets: '10' }],
  ])('are read from %s, and count as they are at any sampling rate', (_, record) => {
    const { flows, problems } = countAll(goflow2Reader, JSON.stringify(record));
    expect(problems).toEqual([]);
    expect(flows).toEqual([counted]);
  });

  it.each<[string, object, Partial<typeof COUNTED>]>([
    ['SCTP', { proto: 'SCTP' }, { protocol: 132 }],
    [
      'ICMPv6',
      {
        proto: 'ICMPv6',
        etype: 'IPv6',
        src_addr: '2001:db8::1',
        dst_addr: '2001:db8::2',
        src_port: 0,
        dst_port: 0,
      },
      { protocol: 58, src: '2001:db8::1', dst: '2001:db8::2', src_port: 0, dst_port: 0 },
    ],
    ['a protocol that it has no name for', { proto: '' }, { protocol: 255 }],
  ])('of %s', (_, change, expected) => {
    expect(countAll(goflow2Reader, JSON.stringify({ ...GOFLOW2, ...change })).flows).toEqual([
      { ...counted, ...expected },
    ]);
  });

  it('of ARP are skipped', () => {
    const { packets, skipped, problems } = countAll(
      goflow2Reader,
      JSON.stringify({ ...GOFLOW2, etype: 'ARP', src_addr: '', dst_addr: '' }),
    );
    expect({ packets, skipped, problems }).toEqual({ packets: 0n, skipped: 1, problems: [] });
  });

  it('that are invalid are reported with line and reason', () => {
    const { problems } = countAll(
      goflow2Reader,
      [
        { ...GOFLOW2, src_addr: 'router' },
        { ...GOFLOW2, bytes: null },
      ]
        .map(one => JSON.stringify(one))
        .join('\n'),
    );
    expect(problems).toEqual([
      '1: src_addr is "router"; an IPv4 or IPv6 address was expected',
      '2: bytes is null; a whole number from 0 to 2^63 − 1 was expected',
    ]);
  });

  it('without times get the present time', () => {
    const { time_received_ns: _, time_flow_start_ns: __, time_flow_end_ns: ___, ...timeless } = GOFLOW2;
    const now = new Date(NOW).toISOString();
    expect(countAll(goflow2Reader, JSON.stringify(timeless)).flows).toEqual([
      { ...counted, first: now, last: now },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { problemList } from '../../../edge/cli/problem-list.ts';
import { InputNotes, noteText } from '../../../edge/counting/input-notes.ts';
import { protocolNumber } from '../../../edge/flow-records/protocol-names.ts';
import { countRecords, goflow2Record, nfdumpRecord } from '../../support/exported-records.ts';

const SFLOW = {
  type: 'SFLOW_5',
  packets: 1,
  bytes: 1018,
  sampling_rate: 512,
  layer_stack: ['Ethernet', 'Dot1Q', 'IPv4', 'TCP'],
  layer_size: [14, 4, 20, 20],
};

describe('protocols of goflow2', () => {
  it.each<[string, number]>([
    ['IPv6-ICMP', 58],
    ['ICMPv6', 58],
    ['VRRP', 112],
    ['OSPFIGP', 89],
    ['EIGRP', 88],
    ['PIM', 103],
    ['AH', 51],
    ['HOPOPT', 0],
    ['ISIS over IPv4', 124],
    ['UDPLite', 136],
    ['NSH', 145],
    ['gre', 47],
  ])('%s is %d', (name, number) => {
    expect(protocolNumber(name)).toBe(number);
    expect(countRecords('goflow2', [goflow2Record({ proto: name })]).flows[0]?.protocol).toBe(number);
  });

  it('with unknown names count as 255 and are reported by name', () => {
    const names = ['CARRIER-PIGEON', 'unassigned', 'CARRIER-PIGEON', ''];
    const counted = countRecords(
      'goflow2',
      names.map(proto => goflow2Record({ proto })),
    );
    expect(counted).toMatchObject({ packets: 40, bytes: 4000, problems: [] });
    expect(counted.flows[0]?.protocol).toBe(255);
    expect(counted.notes).toEqual([
      {
        kind: 'unknown_protocol',
        records: 4,
        names: { 'CARRIER-PIGEON': 2, unassigned: 1, '(empty)': 1 },
      },
    ]);
    expect(noteText(counted.notes[0]!)).toBe(
      'Unknown protocol names count as protocol 255 (4 records; CARRIER-PIGEON 2, unassigned 1, (empty) 1).',
    );
  });

  it('are reported by name up to twenty', () => {
    const notes = new InputNotes();
    for (let i = 0; i < 50; i++) notes.add('unknown_protocol', { name: `P${i}` });
    const [{ names } = { names: {} }] = notes.list();
    expect(Object.keys(names!)).toHaveLength(21);
    expect(names).toMatchObject({ others: 30 });
  });
});

describe('incomplete records', () => {
  it.each<[string, 'goflow2' | 'nfdump', object, number, number]>([
    ['without addresses', 'goflow2', goflow2Record({ src_addr: '', dst_addr: '' }), 10, 1000],
    [
      'of IPv6 with one address',
      'goflow2',
      goflow2Record({ etype: 'IPv6', src_addr: '::1', dst_addr: '' }),
      10,
      1000,
    ],
    ['with bytes but no packets', 'goflow2', goflow2Record({ packets: 0 }), 0, 1000],
    ['with packets but no bytes', 'goflow2', goflow2Record({ bytes: 0 }), 10, 0],
    ['with bytes but no packets', 'nfdump', nfdumpRecord({ in_packets: 0 }), 0, 1000],
    [
      'with the same counts at egress',
      'nfdump',
      nfdumpRecord({ out_packets: 10, out_bytes: 1000 }),
      10,
      1000,
    ],
  ])('%s count (%s)', (_, format, record, packets, bytes) => {
    expect(countRecords(format, [record])).toMatchObject({ packets, bytes, problems: [], skipped: 0 });
  });

  it.each<[string, object, string, string]>([
    [
      'of -b and -B',
      { out_packets: 3, out_bytes: 300 },
      'record of two directions',
      'run nfdump without -b and -B',
    ],
    [
      'of -b, also with equal counts',
      { out_packets: 10, out_bytes: 1000, aggr_flows: 2 },
      'record of two directions',
      'run nfdump without -b and -B',
    ],
    ['of an ndjson with packets in its bytes', { in_bytes: 10 }, 'impossible size', 'use -o json'],
  ])('%s are rejected', (_, change, kind, advice) => {
    const { packets, problems } = countRecords('nfdump', [nfdumpRecord(change), nfdumpRecord()]);
    expect(packets).toBe(10);
    expect(problems).toEqual([{ line: 1, kind, message: expect.stringContaining(advice) }]);
  });
});

describe('sampled records', () => {
  it.each<[string, 'goflow2' | 'nfdump', object]>([
    ['sFlow', 'goflow2', goflow2Record(SFLOW)],
    ['sFlow of every packet', 'goflow2', goflow2Record({ ...SFLOW, sampling_rate: 1 })],
    ['NetFlow', 'goflow2', goflow2Record({ sampling_rate: 2 })],
    [
      'version 1',
      'goflow2',
      { Type: 'SFLOW_5', Packets: 1, Bytes: 100, Etype: 2048, Proto: 6, SamplingRate: 9 },
    ],
    ['counts that nfdump has scaled', 'nfdump', nfdumpRecord({ sampled: 1 })],
  ])('of %s are rejected unless they may be scaled', (_, format, record) => {
    const refused = countRecords(format, [record]);
    expect(refused).toMatchObject({ packets: 0, bytes: 0 });
    expect(refused.problems).toEqual([
      { line: 1, kind: 'sampled record', message: expect.stringContaining('--scale-sampled') },
    ]);
    expect(countRecords(format, [record], { scale_sampled: true }).problems).toEqual([]);
  });

  it.each<[string, object, number, number, string[]]>([
    // 14 bytes of Ethernet, 4 of its tag and 4 of its checksum are no layer-3 bytes.
    ['sFlow', SFLOW, 512, 996 * 512, []],
    ['sFlow with layers by number', { ...SFLOW, layer_stack: [0, 6, 1, 3] }, 512, 996 * 512, []],
    ['sFlow of a bare IP packet', { ...SFLOW, layer_stack: ['IPv4'], layer_size: [20] }, 512, 1018 * 512, []],
    [
      'sFlow without layers',
      { ...SFLOW, layer_stack: [], layer_size: [] },
      512,
      1018 * 512,
      ['layer_unknown'],
    ],
    ['sFlow without a rate', { ...SFLOW, sampling_rate: 0 }, 1, 996, ['sampling_rate_unknown']],
    ['NetFlow', { sampling_rate: 100 }, 1000, 100_000, []],
    [
      'IPFIX of frames',
      { type: 'IPFIX', packets: 1, bytes: 1014, layer_stack: ['Ethernet', 'IPv4'], layer_size: [14, 20] },
      1,
      1000,
      [],
    ],
    ['a rate as text', { sampling_rate: '100' }, 1000, 100_000, []],
  ])('of %s are scaled to layer-3 counts', (_, change, packets, bytes, notes) => {
    const counted = countRecords('goflow2', [goflow2Record(change)], { scale_sampled: true });
    expect(counted).toMatchObject({ packets, bytes, problems: [] });
    expect(counted.notes.map(({ kind }) => kind)).toEqual(notes);
  });

  it('of nfdump count as they are, because nfdump has scaled them', () => {
    const counted = countRecords('nfdump', [nfdumpRecord({ sampled: 1 })], { scale_sampled: true });
    expect(counted).toMatchObject({ packets: 10, bytes: 1000 });
    expect(counted.notes).toEqual([{ kind: 'sampling_scaled_by_nfdump', records: 1 }]);
  });

  it('of NetFlow without a sampling rate count, which is reported once', () => {
    const said: string[] = [];
    const notes = new InputNotes(line => said.push(line));
    notes.add('sampling_rate_unknown');
    notes.add('sampling_rate_unknown');
    expect(said).toEqual([
      'The exporter did not send a sampling rate (0): its records count as given. If it samples, the figures are too low.',
    ]);
    const { packets } = countRecords('goflow2', [goflow2Record({ sampling_rate: 0 })]);
    expect(packets).toBe(10);
  });
});

describe('the text around records', () => {
  const flow = JSON.stringify(nfdumpRecord());

  it.each<[string, string, number]>([
    ['a lone backslash in a user name', flow.replace('{', '{"user_name":"CORP\\jdoe",'), 10],
    ['a user name that ends with a backslash', flow.replace('{', '{"user_name":"CORP\\",'), 10],
    [
      'the same over many lines',
      JSON.stringify(nfdumpRecord({ user: 'x' }), null, 1).replace('"x"', '"CORP\\"'),
      10,
    ],
    ['several objects on a line', `${flow},${flow}${flow}`, 30],
    ['a list on a line with text around it', ` [ ${flow} , ${flow} ] `, 20],
    [
      'objects within the record, over many lines',
      JSON.stringify([nfdumpRecord({ geo: { a: { b: [1, {}] } } })], null, 2),
      10,
    ],
    ['braces in a text', flow.replace('{', '{"user_name":"}{]",'), 10],
    ['a byte order mark', `\uFEFF${flow}`, 10],
    ['the list of nothing', '[\nNo matching flows\n]\n', 0],
  ])('may be %s', (_, text, packets) => {
    for (const chunk of [1, 7, 1e9]) {
      expect(countRecords('nfdump', text, { chunk })).toMatchObject({ packets, problems: [] });
    }
  });

  it('keeps counters past 2^53 exact, also in records with lone backslashes', () => {
    const text = flow
      .replace('{', '{"user_name":"A\\b\\z",')
      .replace('"in_bytes":1000', '"in_bytes":9007199254740993');
    expect(countRecords('nfdump', text).flows[0]?.bytes).toBe(9007199254740993n);
  });

  it('is reported if it has no record', () => {
    expect(countRecords('nfdump', '').notes).toEqual([{ kind: 'empty_input', records: 1 }]);
    expect(countRecords('goflow2', '\n \n').notes).toEqual([{ kind: 'empty_input', records: 1 }]);
  });

  it.each(['ts,te,td,sa,da,sp,dp,pr', 'firstSeen,duration,proto', 'Date first seen          Duration Proto'])(
    'is rejected if it begins with %s',
    header => {
      expect(() => countRecords('nfdump', `${header}\n1,2,3\n`)).toThrow(
        "Line 1 is nfdump's CSV or table, which omits fields: use nfdump's option -o json.",
      );
    },
  );

  // Each of these took minutes when the time grew with the square of the length.
  it.each<[string, string]>([
    ['blanks', `{"a"${' '.repeat(250_000)}\n`],
    ['commas', `{"a"${','.repeat(250_000)}\n`],
    ['backslashes', `{"a":"${'\\'.repeat(250_000)}\n`],
    ['quotes', `{${'"'.repeat(250_000)}}\n`],
    ['brackets', `${'['.repeat(250_000)}\n`],
    ['open braces', `${'{'.repeat(250_000)}\n`],
    ['lines of an object that never ends', `{\n${'"a": 1,\n'.repeat(30_000)}`],
    ['lines of braces', '{\n'.repeat(120_000)],
  ])('is read in linear time if it is %s', (_, text) => {
    for (let times = 0; times < 4; times++) countRecords('nfdump', text, { chunk: 1000 });
    const counted = countRecords('nfdump', `${text}\n${flow}\n`);
    expect(counted.packets).toBe(10);
  });
});

describe('problems', () => {
  it('are shown again in each interval, and counted by kind to the end', () => {
    const said: string[] = [];
    const problems = problemList({ say: line => said.push(line) });
    const add = (count: number, kind: string) => {
      for (let i = 0; i < count; i++) problems.add(`${kind} ${i}`, kind);
    };
    add(25, 'bad proto');
    add(5, 'no object');
    problems.endInterval();
    problems.endInterval();
    add(1, 'no object');
    problems.end();
    expect(said).toHaveLength(23);
    expect(said[20]).toBe('… and 10 more problems: bad proto (5), no object (5).');
    expect(said.slice(21)).toEqual(['no object 0', '31 problems in total: bad proto (25), no object (6).']);
    expect(problems.kinds()).toEqual([
      { kind: 'bad proto', count: 25 },
      { kind: 'no object', count: 6 },
    ]);
  });

  it('are of at most fifty kinds', () => {
    const problems = problemList({ say: () => {} });
    for (let i = 0; i < 80; i++) problems.add('x', `kind ${i}`);
    expect(problems.kinds()).toHaveLength(51);
    expect(problems.kinds().at(-1)).toEqual({ kind: 'others', count: 30 });
  });
});

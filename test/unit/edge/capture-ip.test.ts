import { describe, expect, it } from 'vitest';
import { type Frame, ipv4, ipv6, join, pcap, ports, u16, u32 } from '../../support/capture-builder.ts';
import { type CountedCapture, countCapture } from '../../support/count-capture.ts';

function countRaw(...frames: (Frame | Buffer)[]): CountedCapture {
  return countCapture(pcap(frames, { linkType: 101 }));
}

/** An IPv6 extension header of 8 · (1 + more) bytes. */
const extension = (next: number, more = 0) => join([next, more], Buffer.alloc(6 + 8 * more));
const fragment = (next: number, offset: number) => join([next, 0], u16(offset << 3), u32(9));

describe('IPv4', () => {
  it('counts the total length, without padding', () => {
    expect(countRaw(join(ipv4(), Buffer.alloc(6)))).toMatchObject({ packets: 1, bytes: 40n });
  });

  it('counts the total length of a packet cut by the snap length', () => {
    expect(countRaw({ data: ipv4({ total: 1500 }).subarray(0, 24), wire: 1500 })).toMatchObject({
      packets: 1,
      bytes: 1500n,
      tuples: ['6 10.0.0.1:1234>192.0.2.9:443'],
    });
  });

  it('has ports 0 if they were cut off, and is then not counted in flows_l4', () => {
    expect(countRaw({ data: ipv4({ total: 1500 }).subarray(0, 23), wire: 1500 })).toMatchObject({
      packets: 1,
      bytes: 1500n,
      flows: 1,
      flows_l4: 0,
      tuples: ['6 10.0.0.1:0>192.0.2.9:0'],
    });
  });

  it('counts the length on the wire if the total length is 0: segmentation offload', () => {
    const data = ipv4({ total: 0, payload: ports(1, 2, 3000) });
    expect(countRaw(data)).toMatchObject({ packets: 1, bytes: 3020n });
    expect(countRaw({ data: data.subarray(0, 96), wire: 3020 })).toMatchObject({ packets: 1, bytes: 3020n });
  });

  it('counts the captured length if the length on the wire is implausible', () => {
    expect(countRaw({ data: ipv4({ total: 0 }), wire: 0xffffffff })).toMatchObject({
      packets: 1,
      bytes: 40n,
    });
  });

  it('finds the ports after options', () => {
    expect(countRaw(ipv4({ options: 40 }))).toMatchObject({
      bytes: 80n,
      tuples: ['6 10.0.0.1:1234>192.0.2.9:443'],
    });
  });

  it('finds the ports of a first fragment, and none in later ones', () => {
    const first = ipv4({ protocol: 17, offset: 0x2000 });
    const later = ipv4({ protocol: 17, offset: 0x2001 });
    const last = ipv4({ protocol: 17, offset: 0x0002 });
    expect(countRaw(first, later, last)).toMatchObject({
      packets: 3,
      bytes: 120n,
      flows: 2,
      flows_l4: 1,
      tuples: ['17 10.0.0.1:0>192.0.2.9:0', '17 10.0.0.1:1234>192.0.2.9:443'],
    });
  });

  it('counts a flow with ports that are really 0 in flows_l4, before or after a later fragment', () => {
    const zero = ipv4({ payload: ports(0, 0) });
    const later = ipv4({ offset: 3 });
    expect(countRaw(zero, later)).toMatchObject({ flows: 1, flows_l4: 1 });
    expect(countRaw(later, zero, zero)).toMatchObject({ flows: 1, flows_l4: 1 });
    expect(countRaw(later)).toMatchObject({ flows: 1, flows_l4: 0 });
  });

  it.each([
    [6, '1234', '443', 1],
    [17, '1234', '443', 1],
    [132, '1234', '443', 1],
    [33, '1234', '443', 0],
    [136, '1234', '443', 0],
    [1, '0', '0', 0],
    [47, '0', '0', 0],
    [50, '0', '0', 0],
  ])('protocol %i has ports %s and %s', (protocol, source, destination, flows_l4) => {
    expect(countRaw(ipv4({ protocol }))).toMatchObject({
      flows: 1,
      flows_l4,
      tuples: [`${protocol} 10.0.0.1:${source}>192.0.2.9:${destination}`],
    });
  });

  it('counts a tunnel under its outermost header', () => {
    expect(countRaw(ipv4({ protocol: 4, payload: ipv4() }))).toMatchObject({
      packets: 1,
      bytes: 60n,
      tuples: ['4 10.0.0.1:0>192.0.2.9:0'],
    });
  });

  it('reads no ports from the padding of an empty packet', () => {
    expect(countRaw(ipv4({ total: 20 }))).toMatchObject({ bytes: 20n, tuples: ['6 10.0.0.1:0>192.0.2.9:0'] });
  });
});

describe('IPv6', () => {
  it('counts the payload length plus 40', () => {
    expect(countRaw(join(ipv6(), Buffer.alloc(6)))).toMatchObject({ packets: 1, bytes: 60n });
    expect(countRaw({ data: ipv6({ length: 1000 }).subarray(0, 44), wire: 1040 })).toMatchObject({
      bytes: 1040n,
      tuples: ['6 2001:db8::1:1234>2001:db8::2:443'],
    });
  });

  it.each<[string, number, Buffer, string]>([
    ['hop-by-hop options', 0, join(extension(17), ports(5, 6)), '17 5 6'],
    ['routing', 43, join(extension(6, 2), ports(5, 6)), '6 5 6'],
    ['destination options', 60, join(extension(6), ports(5, 6)), '6 5 6'],
    ['mobility', 135, join(extension(6), ports(5, 6)), '6 5 6'],
    ['authentication', 51, join([6, 4], Buffer.alloc(22), ports(5, 6)), '6 5 6'],
    ['a chain of them', 0, join(extension(43), extension(60, 1), extension(132), ports(5, 6)), '132 5 6'],
    ['a first fragment', 44, join(fragment(17, 0), ports(5, 6)), '17 5 6'],
    ['a later fragment', 44, join(fragment(17, 100), ports(5, 6)), '17 0 0'],
    ['a later fragment after options', 0, join(extension(44), fragment(6, 1), ports(5, 6)), '6 0 0'],
    ['encryption', 50, ports(5, 6), '50 0 0'],
    ['no next header', 59, ports(5, 6), '59 0 0'],
    ['an extension cut off', 0, Buffer.from([6, 0, 0, 0]), '0 0 0'],
    ['an extension longer than the packet', 0, join(extension(6, 200).subarray(0, 16)), '6 0 0'],
  ])('finds the ports after %s', (_, next, payload, tuple) => {
    const [protocol, source, destination] = tuple.split(' ');
    expect(countRaw(ipv6({ next, payload }))).toMatchObject({
      packets: 1,
      bytes: BigInt(40 + payload.length),
      tuples: [`${protocol} 2001:db8::1:${source}>2001:db8::2:${destination}`],
    });
  });

  it('counts the length of a jumbogram', () => {
    const jumbo = join([6, 0, 0xc2, 4], u32(100_000), ports(1234, 443));
    expect(countRaw({ data: ipv6({ next: 0, payload: jumbo, length: 0 }), wire: 100_040 })).toMatchObject({
      packets: 1,
      bytes: 100_040n,
      tuples: ['6 2001:db8::1:1234>2001:db8::2:443'],
    });
  });

  it.each([
    [6, 'TCP'],
    [17, 'UDP'],
  ])(
    'counts the length on the wire if the payload length is 0 before protocol %i: segmentation offload',
    next => {
      const data = ipv6({ next, length: 0, payload: ports(1234, 443, 3000) });
      const tuples = [`${next} 2001:db8::1:1234>2001:db8::2:443`];
      expect(countRaw(data)).toMatchObject({ packets: 1, bytes: 3040n, flows_l4: 1, tuples });
      const cut = { data: data.subarray(0, 96), wire: 80_040 };
      expect(countRaw(cut)).toMatchObject({ packets: 1, bytes: 80_040n, flows_l4: 1, tuples });
      const behind = ipv6({ next: 60, length: 0, payload: join(extension(next), ports(1234, 443, 3000)) });
      expect(countRaw(behind)).toMatchObject({ packets: 1, bytes: 3048n, flows_l4: 1, tuples });
    },
  );

  it.each<[string, number, Buffer]>([
    ['without a next header', 59, Buffer.alloc(0)],
    ['without a next header, padded', 59, Buffer.alloc(6)],
    ['of TCP without room for its header', 6, Buffer.alloc(6)],
    ['of ICMPv6', 58, Buffer.alloc(6)],
    ['with a missing extension', 60, Buffer.alloc(6)],
  ])('counts 40 bytes of an empty packet %s', (_, next, payload) => {
    expect(countRaw(ipv6({ next, length: 0, payload }))).toMatchObject({
      packets: 1,
      bytes: 40n,
      tuples: [`${next} 2001:db8::1:0>2001:db8::2:0`],
    });
  });

  it('subtracts the PRP trailer from the length on the wire', () => {
    const packets = [
      ipv4({ total: 0, payload: ports(1, 2, 900) }),
      ipv6({ length: 0, payload: ports(1, 2, 900) }),
    ];
    for (const packet of packets) {
      const trailer = join(u16(9, 0xa000 | (packet.length + 6), 0x88fb));
      expect(countRaw(join(packet, trailer))).toMatchObject({ packets: 1, bytes: BigInt(packet.length) });
      const noTrailer = join(u16(9, 0xa000 | (packet.length + 7), 0x88fb));
      expect(countRaw(join(packet, noTrailer))).toMatchObject({ bytes: BigInt(packet.length + 6) });
    }
  });

  it('keeps the flows of the two address families apart', () => {
    const six = ipv6({ src: 'a00:1::', dst: 'c000:209::' });
    expect(countRaw(ipv4(), six)).toMatchObject({ packets: 2, flows: 2, flows_l4: 2 });
  });

  it('counts a flow with ports that are really 0 in flows_l4', () => {
    const later = ipv6({ next: 44, payload: join(fragment(6, 9), ports(1, 2)) });
    expect(countRaw(later, ipv6({ payload: ports(0, 0) }))).toMatchObject({ flows: 1, flows_l4: 1 });
  });
});

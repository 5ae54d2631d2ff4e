import { describe, expect, it } from 'vitest';
import { isSupportedLink } from '../../../edge/capture/link-layer.ts';
import { ethernet, ipv4, ipv6, join, pcap, u16, u32 } from '../../support/capture-builder.ts';
import { countCapture } from '../../support/count-capture.ts';

const V4 = ipv4();
const V6 = ipv6();
const V4_TUPLE = '6 10.0.0.1:1234>192.0.2.9:443';
const V6_TUPLE = '6 2001:db8::1:1234>2001:db8::2:443';
const label = (value: number, bottom: boolean) => u32((value << 12) | (bottom ? 0x100 : 0) | 64);
const vlan = (ethertype: number) => join(u16(7), u16(ethertype));
const pppoe = (protocol: number[], payload: Buffer) =>
  join([0x11, 0, 0, 1], u16(protocol.length + payload.length), protocol, payload);

/** Frames with an IPv4 packet, on each link type that can be read but IPv6 alone. */
const V4_FRAMES: [string, number, Buffer][] = [
  ['Ethernet', 1, ethernet(0x0800, V4)],
  ['802.1Q', 1, ethernet(0x8100, join(vlan(0x0800), V4))],
  ['QinQ', 1, ethernet(0x88a8, join(vlan(0x8100), vlan(0x0800), V4))],
  ['QinQ with the old ethertype', 1, ethernet(0x9100, join(vlan(0x8100), vlan(0x0800), V4))],
  ['MPLS', 1, ethernet(0x8847, join(label(16, true), V4))],
  ['three MPLS labels', 1, ethernet(0x8847, join(label(16, false), label(17, false), label(18, true), V4))],
  ['MPLS multicast', 1, ethernet(0x8848, join(label(16, true), V4))],
  ['VLAN and MPLS', 1, ethernet(0x8100, join(vlan(0x8847), label(16, true), V4))],
  ['a pseudowire', 1, ethernet(0x8847, join(label(16, true), u32(0), ethernet(0x0800, V4)))],
  ['PPPoE', 1, ethernet(0x8864, pppoe([0x00, 0x21], V4))],
  ['PPPoE with a short protocol field', 1, ethernet(0x8864, pppoe([0x21], V4))],
  ['PPPoE and MPLS', 1, ethernet(0x8864, pppoe([0x02, 0x81], join(label(16, true), V4)))],
  ['VLAN and PPPoE', 1, ethernet(0x8100, join(vlan(0x8864), pppoe([0x00, 0x21], V4)))],
  ['FabricPath', 1, ethernet(0x8903, join(u16(0x4020), ethernet(0x8100, join(vlan(0x0800), V4))))],
  ['802.3 with SNAP', 1, ethernet(100, join([0xaa, 0xaa, 3, 0, 0, 0], u16(0x0800), V4))],
  ['802.3 with the SAP of IP', 1, ethernet(100, join([6, 6, 3], V4))],
  ['raw IP', 101, V4],
  ['raw IP of BSD', 12, V4],
  ['raw IP of OpenBSD', 14, V4],
  ['IPv4 alone', 228, V4],
  ['Linux cooked', 113, join(u16(0, 1, 6), Buffer.alloc(8), u16(0x0800), V4)],
  ['Linux cooked with VLAN', 113, join(u16(0, 1, 6), Buffer.alloc(8), u16(0x8100), vlan(0x0800), V4)],
  ['Linux cooked, version 2', 276, join(u16(0x0800, 0), u32(1), u16(1), [0, 6], Buffer.alloc(8), V4)],
  ['BSD loopback of a little-endian machine', 0, join([2, 0, 0, 0], V4)],
  ['BSD loopback of a big-endian machine', 0, join([0, 0, 0, 2], V4)],
  ['OpenBSD loopback', 108, join([0, 0, 0, 2], V4)],
  ['PPP', 9, join([0x00, 0x21], V4)],
  ['PPP with address and control', 9, join([0xff, 0x03, 0x00, 0x21], V4)],
  ['PPP in HDLC-like framing', 50, join([0xff, 0x03, 0x00, 0x21], V4)],
  ['PPP in HDLC-like framing, short protocol field', 50, join([0xff, 0x03, 0x21], V4)],
  ['PPP and MPLS', 50, join([0xff, 0x03, 0x02, 0x81], label(16, true), V4)],
  ['Cisco HDLC on the link type of PPP', 50, join([0x0f, 0], u16(0x0800), V4)],
  ['Cisco HDLC', 104, join([0x0f, 0], u16(0x0800), V4)],
];

/** The same of IPv6. */
const V6_FRAMES: [string, number, Buffer][] = [
  ['Ethernet', 1, ethernet(0x86dd, V6)],
  ['MPLS', 1, ethernet(0x8847, join(label(2, true), V6))],
  ['PPPoE', 1, ethernet(0x8864, pppoe([0x00, 0x57], V6))],
  ['raw IP', 101, V6],
  ['IPv6 alone', 229, V6],
  ['Linux cooked', 113, join(u16(0, 1, 6), Buffer.alloc(8), u16(0x86dd), V6)],
  ...[10, 23, 24, 28, 30].map((family): [string, number, Buffer] => [
    `BSD loopback with address family ${family}`,
    0,
    join([family, 0, 0, 0], V6),
  ]),
  ['PPP', 9, join([0x00, 0x57], V6)],
  ['Cisco HDLC', 104, join([0x8f, 0], u16(0x86dd), V6)],
];

describe('a packet is found below', () => {
  it.each(V4_FRAMES)('%s', (_, linkType, frame) => {
    expect(countCapture(pcap([frame], { linkType }))).toMatchObject({
      packets: 1,
      bytes: BigInt(V4.length),
      skipped: 0,
      flows_l4: 1,
      tuples: [V4_TUPLE],
      error: undefined,
    });
  });

  it.each(V6_FRAMES)('%s, IPv6', (_, linkType, frame) => {
    expect(countCapture(pcap([frame], { linkType }))).toMatchObject({
      packets: 1,
      bytes: BigInt(V6.length),
      skipped: 0,
      flows_l4: 1,
      tuples: [V6_TUPLE],
      error: undefined,
    });
  });
});

describe('a frame without an IP packet is skipped:', () => {
  it.each<[string, number, Buffer]>([
    ['ARP', 1, ethernet(0x0806, Buffer.alloc(28))],
    ['spanning tree', 1, ethernet(38, Buffer.alloc(38, 0x42))],
    ['PPPoE discovery', 1, ethernet(0x8863, Buffer.alloc(30))],
    ['PPP link control', 9, join([0xc0, 0x21], V4)],
    ['Cisco keepalive', 104, join([0x8f, 0], u16(0x8035), Buffer.alloc(14))],
    ['another address family', 108, join([0, 0, 0, 7], V4)],
    ['the header of a VLAN cut off', 1, ethernet(0x8100, Buffer.of(0, 7))],
    ['a label stack without an end', 1, ethernet(0x8847, join(label(1, false), label(2, false)))],
    ['a frame shorter than its header', 1, Buffer.alloc(13)],
    ['an empty frame', 1, Buffer.alloc(0)],
    ['netlink in a cooked capture', 113, join(u16(4, 824, 0), Buffer.alloc(8), u16(0x0800), V4)],
    ['a version that is neither 4 nor 6', 101, join([0x55], V4.subarray(1))],
    ['an IPv4 header cut off', 101, V4.subarray(0, 19)],
    ['an IPv6 header cut off', 101, V6.subarray(0, 39)],
    ['an IPv4 header said to be too short', 101, join([0x44], V4.subarray(1))],
    ['a total length below that of the header', 101, ipv4({ total: 19 })],
  ])('%s', (_, linkType, frame) => {
    expect(countCapture(pcap([frame, frame], { linkType }))).toMatchObject({
      packets: 0,
      bytes: 0n,
      skipped: 2,
      flows: 0,
      error: undefined,
    });
  });
});

it('passes headers nested as deep as a frame is long', () => {
  const nested = Buffer.concat(Array.from({ length: 60_000 }, () => ethernet(0x8903, u16(0x4020))));
  expect(countCapture(pcap([nested]))).toMatchObject({ packets: 0, skipped: 1, error: undefined });
});

it('each link type that can be read has a frame above', () => {
  const all = Array.from({ length: 65_536 }, (_, linkType) => linkType);
  const shown = new Set([...V4_FRAMES, ...V6_FRAMES].map(([, linkType]) => linkType));
  expect([...shown].sort((a, b) => a - b)).toEqual(all.filter(isSupportedLink));
});

it('refuses a link type that it does not know, rather than skip its traffic', () => {
  expect(countCapture(pcap([V4], { linkType: 105 }))).toMatchObject({
    packets: 0,
    error:
      "Link type 105 (byte 20) can't be read. Supported are BSD loopback (0), Ethernet (1), PPP (9), raw IP (101), Cisco HDLC (104), Linux cooked (113).",
  });
});

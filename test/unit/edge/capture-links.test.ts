import { describe, expect, it } from 'vitest';
import { isSupportedLink } from '../../../edge/capture/link-layer.ts';
import {
  ethernet,
  ipv4,
  ipv6,
  join,
  juniper,
  nflog,
  pcap,
  ppi,
  taggedFrames,
  u16,
  u32,
} from '../../support/capture-builder.ts';
import { countCapture } from '../../support/count-capture.ts';

const V4 = ipv4();
const V6 = ipv6();
const V4_TUPLE = '6 10.0.0.1:1234>192.0.2.9:443';
const V6_TUPLE = '6 2001:db8::1:1234>2001:db8::2:443';
const label = (value: number, bottom: boolean) => u32((value << 12) | (bottom ? 0x100 : 0) | 64);
const vlan = (ethertype: number) => join(u16(7), u16(ethertype));
const pppoe = (protocol: number[], payload: Buffer) =>
  join([0x11, 0, 0, 1], u16(protocol.length + payload.length), protocol, payload);

/** Frames with an IPv4 packet, on each readable link type except IPv6. */
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
  ...taggedFrames(0x0800, V4).map(([name, frame]): [string, number, Buffer] => [`${name} (tag)`, 1, frame]),
  ['BSD loopback with an ethertype', 0, join([0x0f, 0], u16(0x0800), V4)],
  ['BSD loopback with an ethertype in little-endian', 0, join([0x00, 0x08, 0, 0], V4)],
  ['frame relay', 107, join([0x18, 0x41, 3, 0xcc], V4)],
  ['frame relay with a long address and padding', 107, join([0x18, 0x40, 0x02, 0x41, 3, 0, 0xcc], V4)],
  ['frame relay with SNAP', 107, join([0x18, 0x41, 3, 0, 0x80, 0, 0, 0], u16(0x0800), V4)],
  ['frame relay as Cisco has it', 107, join([0x18, 0x41], u16(0x0800), V4)],
  ['Juniper Ethernet', 178, juniper(ethernet(0x0800, V4))],
  ['Juniper Ethernet without extensions', 178, join([0x4d, 0x47, 0x43, 1], ethernet(0x0800, V4))],
  ['Juniper without layer 2', 178, juniper(V4, { layer2: false })],
  ['Juniper PPPoE', 167, juniper(ethernet(0x8864, pppoe([0x00, 0x21], V4)))],
  ['Juniper PPPoE over ATM', 168, juniper(join(u16(0x8864), pppoe([0x00, 0x21], V4)))],
  ['Juniper PPP', 179, juniper(join([0x00, 0x21], V4))],
  ['Juniper frame relay', 180, juniper(join([0x18, 0x41, 3, 0xcc], V4))],
  ['Juniper HDLC', 181, juniper(join([0x0f, 0], u16(0x0800), V4))],
  ['Juniper GGSN', 133, juniper(V4, { cookie: 8 })],
  ['Juniper services', 136, juniper(V4, { cookie: 8 })],
  ['Juniper monitoring', 164, juniper(V4, { cookie: 8 })],
  ['PPI with Ethernet', 192, ppi(1, ethernet(0x8100, join(vlan(0x0800), V4)))],
  ['PPI with raw IP', 192, ppi(101, V4)],
  ['NFLOG', 239, nflog(2, V4)],
  ['NFLOG of a big-endian machine', 239, nflog(2, V4, { littleEndian: false })],
  ['NFLOG of a bridge', 239, nflog(7, V4)],
  ["Broadcom's tag", 281, join(Buffer.alloc(12, 2), u32(0x20000001), u16(0x0800), V4)],
  ["Broadcom's tag before the frame", 282, join(u32(0x20000001), ethernet(0x0800, V4))],
  ["Marvell's DSA", 283, join(Buffer.alloc(12, 2), u32(0xc0000000), u16(0x0800), V4)],
  [
    "Marvell's DSA with an ethertype",
    284,
    join(Buffer.alloc(12, 2), u16(0xdada, 0), u32(0xc0000000), u16(0x0800), V4),
  ],
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
  ...taggedFrames(0x86dd, V6).map(([name, frame]): [string, number, Buffer] => [`${name} (tag)`, 1, frame]),
  ['frame relay', 107, join([0x18, 0x41, 3, 0x8e], V6)],
  ['Juniper without layer 2', 178, juniper(V6, { layer2: false })],
  ['NFLOG', 239, nflog(10, V6)],
];

describe('a packet is found in a frame of', () => {
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
  it.each<[string, number, Buffer, string]>([
    ['ARP', 1, ethernet(0x0806, Buffer.alloc(28)), 'arp'],
    ['LLDP', 1, ethernet(0x88cc, Buffer.alloc(40)), 'ethertype 0x88cc'],
    ['an ethertype of few digits', 1, ethernet(0x0600, Buffer.alloc(40)), 'ethertype 0x0600'],
    ['spanning tree', 1, ethernet(38, Buffer.alloc(38, 0x42)), 'no ip in 802.3'],
    ['PPPoE discovery', 1, ethernet(0x8863, Buffer.alloc(30)), 'ethertype 0x8863'],
    ['PPP link control', 9, join([0xc0, 0x21], V4), 'no ip in ppp'],
    ['Cisco keepalive', 104, join([0x8f, 0], u16(0x8035), Buffer.alloc(14)), 'ethertype 0x8035'],
    ['another address family', 108, join([0, 0, 0, 7], V4), 'other address family'],
    ['the header of a VLAN cut off', 1, ethernet(0x8100, Buffer.of(0, 7)), 'cut short'],
    [
      'a label stack without an end',
      1,
      ethernet(0x8847, join(label(1, false), label(2, false))),
      'cut short',
    ],
    [
      'an associated channel',
      1,
      ethernet(0x8847, join(label(13, true), u32(0x10000007), V4)),
      'no ip in mpls',
    ],
    [
      'ARP in a pseudowire',
      1,
      ethernet(0x8847, join(label(16, true), u32(0), ethernet(0x0806, Buffer.alloc(28)))),
      'arp',
    ],
    ['MACsec with encryption', 1, ethernet(0x88e5, join([0x0c, 0], u32(1), V4)), 'encrypted'],
    ['MACsec of another version', 1, ethernet(0x88e5, join([0x80, 0], u32(1), V4)), 'unknown tag version'],
    ["Arista's header of another kind", 1, ethernet(0xd28b, join(u16(2, 0x10), V4)), 'unknown tag version'],
    ['NSH with another protocol', 1, ethernet(0x894f, join(u16(0x0fc2), [2, 9], u32(1), V4)), 'no ip in nsh'],
    ['a frame shorter than its header', 1, Buffer.alloc(13), 'cut short'],
    ['an empty frame', 1, Buffer.alloc(0), 'cut short'],
    ['netlink in a cooked capture', 113, join(u16(4, 824, 0), Buffer.alloc(8), u16(0x0800), V4), 'netlink'],
    ['a version that is neither 4 nor 6', 101, join([0x55], V4.subarray(1)), 'no sound ip header'],
    ['an IPv4 header cut off', 101, V4.subarray(0, 19), 'no sound ip header'],
    ['an IPv6 header cut off', 101, V6.subarray(0, 39), 'no sound ip header'],
    [
      'an IPv4 header with a length that is too short',
      101,
      join([0x44], V4.subarray(1)),
      'no sound ip header',
    ],
    ['a total length below that of the header', 101, ipv4({ total: 19 }), 'no sound ip header'],
    ['NFLOG without a packet', 239, nflog(2, V4).subarray(0, 12), 'no ip in nflog'],
    ['NFLOG of a bridge without IP', 239, nflog(7, Buffer.alloc(46, 0x42)), 'no ip in nflog'],
    ['Juniper without its magic number', 178, ethernet(0x0800, V4), 'no ip in juniper'],
    ['frame relay with another protocol', 107, join([0x18, 0x41, 3, 0x81], V4), 'no ip in frame relay'],
  ])('%s', (_, linkType, frame, reason) => {
    expect(countCapture(pcap([frame, frame], { linkType }))).toMatchObject({
      packets: 0,
      bytes: 0n,
      skipped: 2,
      skipped_by_reason: { [reason]: 2 },
      unread: [],
      flows: 0,
      error: undefined,
    });
  });

  it('reasons are reported in the order of their frames', () => {
    const arp = ethernet(0x0806, Buffer.alloc(28));
    const capture = pcap([ethernet(0x88cc, Buffer.alloc(40)), arp, ethernet(0x0800, V4), arp]);
    expect(Object.entries(countCapture(capture).skipped_by_reason)).toEqual([
      ['arp', 2],
      ['ethertype 0x88cc', 1],
    ]);
  });

  it('only the first of thousands of reasons are reported by name', () => {
    const frames = Array.from({ length: 5000 }, (_, i) => ethernet(0xa000 + i, Buffer.alloc(40)));
    const { skipped, skipped_by_reason } = countCapture(pcap([...frames, frames[7]!]));
    expect(skipped).toBe(5001);
    expect(Object.keys(skipped_by_reason)).toHaveLength(31);
    expect(skipped_by_reason).toMatchObject({ 'ethertype 0xa007': 2, other: 4970 });
  });
});

it('headers are followed as deep as a frame is long', () => {
  const nested = Buffer.concat(Array.from({ length: 60_000 }, () => ethernet(0x8903, u16(0x4020))));
  expect(countCapture(pcap([nested]))).toMatchObject({ packets: 0, skipped: 1, error: undefined });
});

it('each readable link type has a frame above', () => {
  const all = Array.from({ length: 65_536 }, (_, linkType) => linkType);
  const shown = new Set([...V4_FRAMES, ...V6_FRAMES].map(([, linkType]) => linkType));
  expect([...shown].sort((a, b) => a - b)).toEqual(all.filter(isSupportedLink));
});

it('rejects an unknown link type, instead of skipping its traffic', () => {
  expect(countCapture(pcap([V4], { linkType: 105 }))).toMatchObject({
    packets: 0,
    error:
      "Link type 105 (byte 20) can't be read. Supported are BSD loopback (0), Ethernet (1), PPP (9), raw IP (101), Cisco HDLC (104), frame relay (107), Linux cooked (113), Juniper Ethernet (178), PPI (192), NFLOG (239), DSA (281).",
  });
});

it('reports PPI frames of an unknown link type', () => {
  expect(countCapture(pcap([ppi(105, V4), ppi(1, ethernet(0x0800, V4))], { linkType: 192 }))).toMatchObject({
    packets: 1,
    skipped: 1,
    skipped_by_reason: { 'link type 105': 1 },
    unread: [
      "1 frame of link type 105 can't be read and was not counted.",
      expect.stringMatching(/^Link types that can be read: BSD loopback \(0\), /),
    ],
    error: undefined,
  });
});

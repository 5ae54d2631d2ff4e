import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ethernet,
  type Frame,
  ipv4,
  ipv6,
  join,
  pcap,
  ports,
  u16,
  u32,
} from '../../support/capture-builder.ts';
import { countCapture } from '../../support/count-capture.ts';

const LABEL = u32((16 << 12) | 0x100 | 64);
const mpls = (payload: Buffer) => ethernet(0x8847, join(LABEL, payload));
const count = (frame: Frame | Buffer) => countCapture(pcap([frame]));

/** Payloads of 50 to 1400 bytes: longer than what Ethernet pads. */
const size = fc.integer({ min: 50, max: 1400 });
const address = fc.uint8Array({ minLength: 6, maxLength: 6 }).map(bytes => Buffer.from(bytes));

/** Packets as they are behind a label, with their layer-3 bytes. */
const packet = fc
  .tuple(fc.constantFrom(4, 6), size)
  .map(([version, bytes]) =>
    version === 4
      ? ipv4({ protocol: 17, payload: ports(1000, 2000, bytes), checksum: 'right' })
      : ipv6({ next: 17, payload: ports(1000, 2000, bytes) }),
  );

const ethertypeOf = (ip: Buffer) => (ip[0]! >>> 4 === 4 ? 0x0800 : 0x86dd);

/** The whole frame, or its beginning with the length on the wire. */
const snapped = (frame: Buffer) =>
  fc.constantFrom(frame, { data: frame.subarray(0, 96), wire: frame.length });

describe('behind MPLS labels', () => {
  it('finds a packet in any frame', () => {
    fc.assert(
      fc.property(
        packet.chain(ip => fc.tuple(fc.constant(ip), snapped(mpls(ip)))),
        ([ip, frame]) => {
          expect(count(frame)).toMatchObject({ packets: 1, bytes: BigInt(ip.length), flows_l4: 1 });
        },
      ),
    );
  });

  it.each([
    ['without a control word', Buffer.alloc(0)],
    ['with one', u32(0)],
    ['with a numbered one', u32(0x00000123)],
  ])('finds a pseudowire %s, with any first digits in its destination address', (_, controlWord) => {
    fc.assert(
      fc.property(
        fc.tuple(packet, address, fc.nat({ max: 15 }), fc.boolean()).chain(([ip, to, nibble, vlan]) => {
          to[0] = (nibble << 4) | (to[0]! & 15);
          const inner = vlan
            ? ethernet(0x8100, join(u16(7, ethertypeOf(ip)), ip), to)
            : ethernet(ethertypeOf(ip), ip, to);
          return fc.tuple(fc.constant(ip), snapped(mpls(join(controlWord, inner))));
        }),
        ([ip, frame]) => {
          expect(count(frame)).toMatchObject({ packets: 1, bytes: BigInt(ip.length), flows_l4: 1 });
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['4500 1234 5678'],
    ['4500 0080 0000'],
    ['4600 0040 0000'],
    ['6000 0000 0040'],
    ['6000 0000 0000'],
    ['0000 0000 0800'],
  ])('does not take the address %s of a pseudowire for a header', hex => {
    const to = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    const ip = ipv4({ protocol: 17, payload: ports(1000, 2000, 108), checksum: 'right' });
    const found = { packets: 1, bytes: 128n, tuples: ['17 10.0.0.1:1000>192.0.2.9:2000'] };
    expect(count(mpls(ethernet(0x0800, ip, to)))).toMatchObject(found);
    // Ethernet frames of other kinds behind such an address hold no packet.
    expect(count(mpls(ethernet(0x88cc, Buffer.alloc(200, 1), to)))).toMatchObject({ packets: 0, skipped: 1 });
  });

  it('finds a packet with a wrong checksum, or without one, as the sending host captures it', () => {
    const payload = ports(1000, 2000, 500);
    for (const checksum of [0, 0x1234]) {
      expect(count(mpls(ipv4({ payload, checksum })))).toMatchObject({ packets: 1, bytes: 520n });
    }
    // Padded to Ethernet's smallest frame.
    expect(count(join(mpls(ipv4({ payload: ports(1, 2, 8) })), Buffer.alloc(14)))).toMatchObject({
      packets: 1,
      bytes: 28n,
    });
  });

  it('finds a packet of segmentation offload with its length on the wire', () => {
    const payload = ports(1000, 2000, 3000);
    expect(count(mpls(ipv4({ payload, total: 0 })))).toMatchObject({ packets: 1, bytes: 3020n });
    expect(count(mpls(ipv6({ payload, length: 0 })))).toMatchObject({ packets: 1, bytes: 3040n });
  });

  it.each<[string, Buffer]>([
    ['a header longer than the packet', ipv4({ total: 19, payload: ports(1, 2, 100) })],
    ['a header of less than 20 bytes', join([0x44], ipv4({ payload: ports(1, 2, 100) }).subarray(1))],
    ['a packet longer than its frame', ipv4({ total: 121, payload: ports(1, 2, 100) })],
    ['a packet much shorter than its frame', ipv4({ total: 60, payload: ports(1, 2, 100) })],
    ['IPv6 longer than its frame', ipv6({ length: 101, payload: ports(1, 2, 100) })],
    ['IPv6 with a next header that has no meaning', ipv6({ next: 200, payload: ports(1, 2, 100) })],
  ])('finds no packet in %s', (_, payload) => {
    expect(count(mpls(payload))).toMatchObject({ packets: 0, skipped_by_reason: { 'no ip in mpls': 1 } });
  });

  it('follows pseudowires within pseudowires only a few levels', () => {
    const nested = (depth: number): Buffer =>
      depth === 0 ? ethernet(0x0800, ipv4({ checksum: 'right' })) : mpls(join(u32(0), nested(depth - 1)));
    expect(count(nested(3))).toMatchObject({ packets: 1, bytes: 40n });
    expect(count(nested(4000))).toMatchObject({ packets: 0, skipped: 1 });
  });
});

it('finds IP in Juniper frames without layer 2 only if the header is valid', () => {
  const juniper = (payload: Buffer) => join([0x4d, 0x47, 0x43, 2], u32(0), payload);
  const counted = (payload: Buffer) => countCapture(pcap([juniper(payload)], { linkType: 178 }));
  expect(counted(ipv4())).toMatchObject({ packets: 1, bytes: 40n });
  expect(counted(ipv4({ total: 500 }))).toMatchObject({ packets: 0, skipped: 1 });
});

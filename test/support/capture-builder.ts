import { parseAddress } from '../../core/policy/ip-address.ts';

/** Unsigned big-endian words of 16 and 32 bits. */
export function u16(...values: number[]): Buffer {
  return Buffer.from(values.flatMap(value => [(value >>> 8) & 255, value & 255]));
}

export function u32(...values: number[]): Buffer {
  return Buffer.concat(values.map(value => u16(value >>> 16, value & 0xffff)));
}

export function join(...parts: (Buffer | number[])[]): Buffer {
  return Buffer.concat(parts.map(part => Buffer.from(part)));
}

/** A transport header with the fields that counting reads, filled up to `length` bytes. */
export function ports(source: number, destination: number, length = 20): Buffer {
  return join(u16(source, destination), Buffer.alloc(length - 4));
}

interface V4 {
  src?: string;
  dst?: string;
  protocol?: number;
  payload?: Buffer;
  /** Bytes of options, a multiple of 4. */
  options?: number;
  /** Fragment offset in units of 8 bytes. */
  offset?: number;
  /** The value in the header instead of its true length. */
  total?: number;
  /** "right", or the value instead; 0 without it, as if the card fills it in. */
  checksum?: 'right' | number;
}

export function ipv4(packet: V4 = {}): Buffer {
  const { src = '10.0.0.1', dst = '192.0.2.9', protocol = 6, options = 0, offset = 0 } = packet;
  const payload = packet.payload ?? ports(1234, 443);
  const headerBytes = 20 + options;
  const total = packet.total ?? headerBytes + payload.length;
  const header = join(
    [0x40 | (headerBytes / 4), 0],
    u16(total, 7, offset),
    [64, protocol, 0, 0],
    address(src),
    address(dst),
    Buffer.alloc(options, 1),
  );
  const { checksum = 0 } = packet;
  header.writeUInt16BE(checksum === 'right' ? checksumOf(header) : checksum, 10);
  return join(header, payload);
}

function checksumOf(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

interface V6 {
  src?: string;
  dst?: string;
  /** The first next-header value: a protocol, or that of the first extension in `payload`. */
  next?: number;
  payload?: Buffer;
  /** The value in the header instead of the payload's true length. */
  length?: number;
}

export function ipv6(packet: V6 = {}): Buffer {
  const { src = '2001:db8::1', dst = '2001:db8::2', next = 6, payload = ports(1234, 443) } = packet;
  return join(
    [0x60, 0, 0, 0],
    u16(packet.length ?? payload.length),
    [next, 64],
    address(src),
    address(dst),
    payload,
  );
}

function address(text: string): Buffer {
  const { family, words } = parseAddress(text)!;
  return u32(...(family === 4 ? words.slice(0, 1) : words));
}

const MACS = Buffer.alloc(12, 2);

/** `destination` is the address's six bytes. */
export function ethernet(ethertype: number, payload: Buffer, destination: Buffer = MACS.subarray(6)): Buffer {
  return join(destination, MACS.subarray(6), u16(ethertype), payload);
}

/**
 * A frame that carries `payload` in each kind of tag and tunnel between Ethernet and IP, by name.
 */
export function taggedFrames(ethertype: number, payload: Buffer): [string, Buffer][] {
  const after = (outer: number, ...header: (Buffer | number[])[]) =>
    ethernet(outer, join(...header, u16(ethertype), payload));
  const inner = ethernet(ethertype, payload);
  const bottomLabel = u32((16 << 12) | 0x100 | 64);
  const serviceProtocol = { 2048: 1, 34525: 2 }[ethertype] ?? 4;
  return [
    ['802.1Q', after(0x8100, u16(7))],
    ['E-Tag (802.1BR)', after(0x893f, u16(0, 0, 0))],
    ['VN-Tag', after(0x8926, u16(0, 0x14))],
    ['VN-Tag and 802.1Q', ethernet(0x8926, join(u16(0, 0x14), u16(0x8100, 101), u16(ethertype), payload))],
    ['802.1ah', ethernet(0x88e7, join(u32(0x1234), inner))],
    ['802.1ah behind a backbone VLAN', ethernet(0x88a8, join(u16(100, 0x88e7), u32(0x1234), inner))],
    ['TRILL', ethernet(0x22f3, join(u16(0x0041, 1, 2), u32(9), inner))],
    ['a security group tag', after(0x8909, [1, 1], u16(1, 77))],
    ['a security group tag and another option', after(0x8909, [1, 2], u16(1, 77), u16(2, 0))],
    ['MACsec without encryption', after(0x88e5, [0x00, 0], u32(1))],
    ['MACsec without encryption, with a channel', after(0x88e5, [0x20, 0], u32(1), u32(1, 2))],
    ['HSR', after(0x892f, u16(0x1054, 9))],
    ['802.1CB', after(0xf1c1, u16(0, 9))],
    ["Arista's time of 64 bits", after(0xd28b, u16(1, 0x0010), u32(1, 2))],
    ["Arista's time of 48 bits", after(0xd28b, u16(1, 0x0120), u16(1, 2, 3))],
    ["Cisco's time", after(0x8988, u16(1, 2, 3))],
    ["Marvell's tag", after(0xdada, u16(0), u32(0xc0000000))],
    ['NSH', ethernet(0x894f, join(u16(0x0fc6), [1, serviceProtocol], u32(1, 0, 0, 0, 0), payload))],
    ['NSH before a frame', ethernet(0x894f, join(u16(0x0fc2), [2, 3], u32(1), inner))],
    ['MPLS', ethernet(0x8847, join(bottomLabel, payload))],
    ['a pseudowire with a control word', ethernet(0x8847, join(bottomLabel, u32(0), inner))],
    ['a pseudowire without one', ethernet(0x8847, join(bottomLabel, inner))],
    ['PRP', join(inner, u16(9, 0xa000 | ((payload.length + 6) & 0xfff), 0x88fb))],
  ];
}

/** NFLOG: a field of its own before the packet, with lengths in either byte order. */
export function nflog(
  family: number,
  packet: Buffer,
  { littleEndian = true }: { littleEndian?: boolean } = {},
): Buffer {
  const half = (value: number) => ordered(u16(value), littleEndian);
  const prefix = Buffer.from('wan\0\0');
  return join(
    [family, 0],
    u16(5),
    join(half(4 + prefix.length), half(10), prefix, Buffer.alloc(-prefix.length & 3)),
    join(half(4 + packet.length), half(9), packet, Buffer.alloc(-packet.length & 3)),
  );
}

/** PPI with a field of its own before a frame of `linkType`. */
export function ppi(linkType: number, frame: Buffer): Buffer {
  const word = (value: number) => ordered(u16(value), true);
  return join([0, 0], word(16), word(linkType), word(0), Buffer.alloc(8), frame);
}

/** Juniper's header: with an extension, and with a cookie if the link type has one. */
export function juniper(payload: Buffer, { cookie = 0, layer2 = true } = {}): Buffer {
  const flags = 0x80 | (layer2 ? 0 : 2);
  const between = layer2 ? Buffer.alloc(cookie, 1) : Buffer.alloc(4);
  return join([0x4d, 0x47, 0x43, flags], u16(3), [2, 1, 9], between, payload);
}

export interface Frame {
  data: Buffer;
  /** Milliseconds since the epoch. */
  time_ms?: number;
  /** Bytes on the wire; by default as many as were captured. */
  wire?: number;
}

export interface PcapOptions {
  linkType?: number;
  littleEndian?: boolean;
  nanoseconds?: boolean;
  magic?: number;
  /** Major and minor version; before 2.3 the two lengths of a record are in reverse order. */
  version?: [major: number, minor: number];
  /** Bytes between a record's header and its frame, as in the patched variant. */
  extra?: number;
}

/** A pcap file. */
export function pcap(frames: (Frame | Buffer)[], options: PcapOptions = {}): Buffer {
  const { linkType = 1, littleEndian = true, nanoseconds = false, extra = 0 } = options;
  const word = (value: number) => ordered(u32(value), littleEndian);
  const magic = options.magic ?? (nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
  const [major, minor] = options.version ?? [2, 4];
  const half = (value: number) => ordered(u16(value), littleEndian);
  const swapped = major !== 2 || minor < 3;
  const lengths = (captured: number, wire: number) => (swapped ? [wire, captured] : [captured, wire]);
  const header = join(word(magic), half(major), half(minor), word(0), word(0), word(65535), word(linkType));
  return join(
    header,
    ...frames.map(framed).map(({ data, time_ms = 0, wire = data.length }) => {
      const seconds = Math.floor(time_ms / 1000);
      const fraction = Math.round((time_ms - seconds * 1000) * (nanoseconds ? 1e6 : 1e3));
      return join(
        word(seconds),
        word(fraction),
        ...lengths(data.length, wire).map(word),
        Buffer.alloc(extra),
        data,
      );
    }),
  );
}

function framed(frame: Frame | Buffer): Frame {
  return Buffer.isBuffer(frame) ? { data: frame } : frame;
}

function ordered(bytes: Buffer, littleEndian: boolean): Buffer {
  return littleEndian ? Buffer.from(bytes).reverse() : bytes;
}

/** Blocks of a pcapng file in one byte order. */
export function pcapngBlocks({ littleEndian = true }: { littleEndian?: boolean } = {}) {
  const word = (value: number) => ordered(u32(value), littleEndian);
  const half = (value: number) => ordered(u16(value), littleEndian);

  function block(type: number, body: Buffer): Buffer {
    const padded = join(body, Buffer.alloc(-body.length & 3));
    const length = word(padded.length + 12);
    return join(word(type), length, padded, length);
  }

  function option(code: number, value: Buffer): Buffer {
    return join(half(code), half(value.length), value, Buffer.alloc(-value.length & 3));
  }

  return {
    block,
    section: (major = 1, minor = 0) =>
      block(0x0a0d0d0a, join(word(0x1a2b3c4d), half(major), half(minor), word(-1), word(-1))),
    interface: (
      linkType: number,
      options: { resolution?: number; offset_s?: number; snaplen?: number } = {},
    ) =>
      block(
        1,
        join(
          half(linkType),
          half(0),
          word(options.snaplen ?? 0),
          options.resolution === undefined ? [] : option(9, Buffer.of(options.resolution)),
          options.offset_s === undefined ? [] : option(14, offsetBytes(options.offset_s)),
          option(0, Buffer.alloc(0)),
        ),
      ),
    enhanced: (
      id: number,
      ticks: bigint,
      data: Buffer,
      { wire = data.length, captured = data.length } = {},
    ) => block(6, join(word(id), ...ticksOf(ticks), word(captured), word(wire), data)),
    simple: (data: Buffer, wire = data.length) => block(3, join(word(wire), data)),
    old: (id: number, ticks: bigint, data: Buffer) =>
      block(2, join(half(id), half(0), ...ticksOf(ticks), word(data.length), word(data.length), data)),
  };

  function ticksOf(ticks: bigint): Buffer[] {
    return [word(Number(ticks >> 32n)), word(Number(ticks & 0xffffffffn))];
  }

  function offsetBytes(seconds: number): Buffer {
    const bytes = Buffer.alloc(8);
    if (littleEndian) bytes.writeBigInt64LE(BigInt(seconds));
    else bytes.writeBigInt64BE(BigInt(seconds));
    return bytes;
  }
}

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

/** A transport header as far as counting reads it, filled up to `length` bytes. */
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
  /** What the header says instead of its true length. */
  total?: number;
}

export function ipv4(packet: V4 = {}): Buffer {
  const { src = '10.0.0.1', dst = '192.0.2.9', protocol = 6, options = 0, offset = 0 } = packet;
  const payload = packet.payload ?? ports(1234, 443);
  const headerBytes = 20 + options;
  const total = packet.total ?? headerBytes + payload.length;
  return join(
    [0x40 | (headerBytes / 4), 0],
    u16(total, 7, offset),
    [64, protocol, 0, 0],
    address(src),
    address(dst),
    Buffer.alloc(options, 1),
    payload,
  );
}

interface V6 {
  src?: string;
  dst?: string;
  /** The first next-header value: a protocol, or that of the first extension in `payload`. */
  next?: number;
  payload?: Buffer;
  /** What the header says instead of the payload's true length. */
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

export function ethernet(ethertype: number, payload: Buffer): Buffer {
  return join(MACS, u16(ethertype), payload);
}

export interface Frame {
  data: Buffer;
  /** Milliseconds since the epoch. */
  time_ms?: number;
  /** Bytes on the wire; without it as many as were captured. */
  wire?: number;
}

export interface PcapOptions {
  linkType?: number;
  littleEndian?: boolean;
  nanoseconds?: boolean;
  magic?: number;
  /** Bytes between a record's header and its frame, as in the patched variant. */
  extra?: number;
}

/** A pcap file. */
export function pcap(frames: (Frame | Buffer)[], options: PcapOptions = {}): Buffer {
  const { linkType = 1, littleEndian = true, nanoseconds = false, extra = 0 } = options;
  const word = (value: number) => ordered(u32(value), littleEndian);
  const magic = options.magic ?? (nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
  const version = littleEndian ? u32(0x02000400) : u32(0x00020004);
  const header = join(word(magic), version, word(0), word(0), word(65535), word(linkType));
  return join(
    header,
    ...frames.map(framed).map(({ data, time_ms = 0, wire = data.length }) => {
      const seconds = Math.floor(time_ms / 1000);
      const fraction = Math.round((time_ms - seconds * 1000) * (nanoseconds ? 1e6 : 1e3));
      return join(word(seconds), word(fraction), word(data.length), word(wire), Buffer.alloc(extra), data);
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
    section: () => block(0x0a0d0d0a, join(word(0x1a2b3c4d), half(1), half(0), word(-1), word(-1))),
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

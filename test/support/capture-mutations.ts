import { join, pcap, pcapngBlocks, u16 } from './capture-builder.ts';
import type { Random } from './random.ts';

/**
 * A capture in parts: the beginning that its reader needs, which mutations do not change, and its
 * records or blocks.
 */
interface Parts {
  head: Buffer;
  records: Buffer[];
}

const PCAP_HEADER_BYTES = 24;
const RECORD_BYTES = 16;

/**
 * Takes a sound little-endian capture apart: a pcap file, or pcapng of one section and interface.
 */
export function captureParts(capture: Buffer): Parts {
  const isPcapng = capture.readUInt32BE(0) === 0x0a0d0d0a;
  const lengthAt = (at: number) =>
    isPcapng ? capture.readUInt32LE(at + 4) : RECORD_BYTES + capture.readUInt32LE(at + 8);
  const records: Buffer[] = [];
  for (let at = isPcapng ? 0 : PCAP_HEADER_BYTES; at < capture.length; at += lengthAt(at)) {
    records.push(capture.subarray(at, at + lengthAt(at)));
  }
  if (!isPcapng) return { head: capture.subarray(0, PCAP_HEADER_BYTES), records };
  return { head: join(...records.slice(0, 2)), records: records.slice(2) };
}

/** Values near the limits that code checks. */
const WORDS = [
  0,
  1,
  3,
  4,
  11,
  12,
  13,
  16,
  20,
  28,
  32,
  39,
  40,
  0xff,
  0x100,
  1500,
  1501,
  0xffff,
  0x10000,
  2 ** 20,
  2 ** 20 + 1,
  2 ** 21,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 4,
  2 ** 32 - 1,
  0xa1b2c3d4,
  0x0a0d0d0a,
  0x1a2b3c4d,
];
const HALVES = [
  0, 1, 4, 6, 20, 40, 1500, 0x0800, 0x0806, 0x22f3, 0x8100, 0x86dd, 0x8847, 0x8864, 0x8870, 0x88a8, 0x88cc,
  0x88e5, 0x88e7, 0x88fb, 0x8903, 0x8909, 0x8926, 0x892f, 0x893f, 0x894f, 0x8988, 0xd28b, 0xdada, 0xf1c1,
  0xffff,
];
const BYTES = [0, 1, 4, 6, 17, 43, 44, 51, 59, 60, 0x40, 0x45, 0x4f, 0x60, 0x6f, 0x80, 0xff];

const blocks = pcapngBlocks();
const STRAY = [
  pcap([]),
  pcap([], { littleEndian: false }),
  pcap([], { version: [2, 2] }),
  blocks.section(),
  blocks.section(2),
  blocks.interface(1),
  blocks.interface(127),
  blocks.interface(101, { resolution: 0xff, offset_s: -1 }),
  blocks.simple(Buffer.alloc(60, 0x45)),
  pcapngBlocks({ littleEndian: false }).section(),
];

type Mutation = (records: Buffer[], random: Random) => void;

/** Each takes a list of records whose buffers are its own. */
const MUTATIONS: Mutation[] = [
  // A word of a record's or block's header.
  (records, random) => {
    const record = random.pick(records);
    if (record.length < 4) return;
    record.writeUInt32LE(random.pick(WORDS), 4 * random.below(Math.min(8, Math.floor(record.length / 4))));
  },
  // A half word of a frame: ethertypes, lengths, ports.
  (records, random) => {
    const record = random.pick(records);
    if (record.length >= 2) record.writeUInt16BE(random.pick(HALVES), random.below(record.length - 1));
  },
  (records, random) => {
    const record = random.pick(records);
    if (record.length > 0) record[random.below(record.length)] = random.pick(BYTES);
  },
  (records, random) => {
    records.splice(random.below(records.length), 1 + random.below(3));
  },
  (records, random) => {
    records.splice(random.below(records.length), 0, Buffer.from(random.pick(records)));
  },
  // A record that is cut short, and one with inserted bytes.
  (records, random) => {
    const at = random.below(records.length);
    records[at] = records[at]!.subarray(0, random.below(records[at]!.length + 1));
  },
  (records, random) => {
    const at = random.below(records.length);
    const place = random.below(records[at]!.length + 1);
    const more = join(u16(random.pick(HALVES)), Buffer.alloc(random.below(64), random.below(256)));
    records[at] = join(records[at]!.subarray(0, place), more, records[at]!.subarray(place));
  },
  // The beginning of one and the end of another.
  (records, random) => {
    const at = random.below(records.length);
    const place = random.below(records[at]!.length + 1);
    records[at] = join(records[at]!.subarray(0, place), random.pick(records).subarray(place));
  },
  (records, random) => {
    records.splice(random.below(records.length), 0, Buffer.from(random.pick(STRAY)));
  },
];

/** A capture with one to five changed records, still with the beginning of a capture. */
export function mutatedCapture({ head, records }: Parts, random: Random): Buffer {
  const changed = records.map(record => Buffer.from(record));
  for (let left = 1 + random.below(5); left > 0 && changed.length > 0; left--) {
    random.pick(MUTATIONS)(changed, random);
  }
  return join(head, ...changed);
}

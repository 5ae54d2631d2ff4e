import { describe, expect, it } from 'vitest';
import { ipv4, join, pcap, pcapngBlocks, u16, u32 } from '../../support/capture-builder.ts';
import { type CountedCapture, countCapture } from '../../support/count-capture.ts';

const IP = ipv4();
const PCAP = pcap([IP, IP], { linkType: 101 });
const blocks = pcapngBlocks({ littleEndian: false });
const PCAPNG_START = join(blocks.section(), blocks.interface(101));
const PCAPNG = join(PCAPNG_START, blocks.enhanced(0, 1n, IP), blocks.enhanced(0, 2n, IP));

describe('a truncated capture counts its complete frames', () => {
  it.each<[string, Buffer, number, string]>([
    [
      'in the file header',
      PCAP.subarray(0, 23),
      0,
      'The capture is truncated in the file header: it ends after 23 bytes, and at least 24 were expected. Everything before byte 0 was counted.',
    ],
    [
      'in the magic number',
      PCAP.subarray(0, 3),
      0,
      'The capture is truncated in the file header: it ends after 3 bytes, and at least 4 were expected. Everything before byte 0 was counted.',
    ],
    [
      "in a record's header",
      PCAP.subarray(0, 24 + 56 + 5),
      1,
      'The capture is truncated in a packet record: it ends after 85 bytes, and at least 96 were expected. Everything before byte 80 was counted.',
    ],
    [
      'in a frame',
      PCAP.subarray(0, -1),
      1,
      'The capture is truncated in a packet record: it ends after 135 bytes, and at least 136 were expected. Everything before byte 80 was counted.',
    ],
    [
      'in a block',
      PCAPNG.subarray(0, -1),
      1,
      `The capture is truncated in a block: it ends after ${PCAPNG.length - 1} bytes, and at least ${PCAPNG.length} were expected. Everything before byte ${PCAPNG.length - 72} was counted.`,
    ],
    [
      'in a skipped block',
      join(PCAPNG, blocks.block(5, Buffer.alloc(100)).subarray(0, 50)),
      2,
      `The capture is truncated in a block: it ends after ${PCAPNG.length + 50} bytes, and at least ${PCAPNG.length + 51} were expected. Everything before byte ${PCAPNG.length + 50} was counted.`,
    ],
  ])('%s', (_, capture, packets, error) => {
    expect(countCapture(capture)).toMatchObject({ packets, bytes: BigInt(packets * 40), error });
  });
});

describe('an invalid capture counts the frames before the error', () => {
  const record = (captured: number) => join(u32(0, 0, captured, 60), IP);
  const bigEndian = pcap([IP], { linkType: 101, littleEndian: false });
  const damaged = 'The capture is damaged from there on.';
  const at = PCAPNG.length;

  it.each<[string, Buffer, number, string]>([
    ['nothing at all', Buffer.alloc(0), 0, 'The capture is empty; a pcap or pcapng file was expected.'],
    [
      'text',
      Buffer.from('hello world'),
      0,
      'The file is not a capture: it begins with 68656c6c; a pcap or pcapng file was expected.',
    ],
    [
      'gzip',
      Buffer.of(0x1f, 0x8b, 8, 0, 0),
      0,
      'The capture is compressed with gzip. Unpack it first: gzip -dc FILE | npm run edge -- read.',
    ],
    [
      'xz',
      Buffer.from('fd377a585a00', 'hex'),
      0,
      'The capture is compressed with xz. Unpack it first: xz -dc FILE | npm run edge -- read.',
    ],
    [
      'an unknown version of pcap',
      pcap([IP], { linkType: 101, version: [3, 0] }),
      0,
      'The pcap file that begins at byte 0 has version 3.0; only version 2 is supported. Save it again with a current program.',
    ],
    [
      'a record of 4 GB',
      join(bigEndian, record(0xffffffff)),
      1,
      `The packet record at byte 80 says that it holds 4294967295 bytes; at most 1048576 were expected. ${damaged}`,
    ],
    [
      'a record just over the limit, all there',
      join(bigEndian, record(1_048_577), Buffer.alloc(1_048_577)),
      1,
      `The packet record at byte 80 says that it holds 1048577 bytes; at most 1048576 were expected. ${damaged}`,
    ],
    [
      'a block of length 0',
      join(PCAPNG, u32(6, 0, 0)),
      2,
      `The block at byte ${at} says that it is 0 bytes long; a multiple of 4 from 12 on was expected. ${damaged}`,
    ],
    [
      'a block of odd length',
      join(PCAPNG, u32(6, 33, 0)),
      2,
      `The block at byte ${at} says that it is 33 bytes long; a multiple of 4 from 12 on was expected. ${damaged}`,
    ],
    [
      'a packet block of 4 GB',
      join(PCAPNG, u32(6, 0xfffffffc, 0)),
      2,
      `The block at byte ${at} says that it is 4294967292 bytes long; at most 2097152 were expected. ${damaged}`,
    ],
    [
      'a block with two lengths',
      join(PCAPNG, u32(6, 32), Buffer.alloc(20), u32(36)),
      2,
      `The block at byte ${at} says at its end that it is 36 bytes long; 32 as at its beginning was expected. ${damaged}`,
    ],
    [
      'an enhanced packet block without room for one',
      join(PCAPNG, blocks.block(6, Buffer.alloc(12))),
      2,
      `The block at byte ${at} is too short for a packet. ${damaged}`,
    ],
    [
      'an interface description without room for one',
      join(PCAPNG, blocks.block(1, Buffer.alloc(4))),
      2,
      `The block at byte ${at} is too short for an interface description. ${damaged}`,
    ],
    [
      'a simple packet block without room for one',
      join(PCAPNG, blocks.block(3, Buffer.alloc(0))),
      2,
      `The block at byte ${at} is too short for a packet. ${damaged}`,
    ],
    [
      'a frame longer than its block',
      join(PCAPNG, blocks.enhanced(0, 3n, IP, { captured: 100 })),
      2,
      `The block at byte ${at} says that it holds a packet of 100 bytes, but has room for 40. ${damaged}`,
    ],
  ])('%s', (_, capture, packets, error) => {
    expect(countCapture(capture)).toMatchObject({ packets, error });
  });

  it('an interface of an unknown link type without packets is ignored', () => {
    expect(countCapture(join(PCAPNG, blocks.interface(147)))).toMatchObject({ packets: 2, error: undefined });
  });

  it('options that do not fit in their block are skipped', () => {
    const body = join(u16(101, 0), u32(0), u16(9, 60_000), [6]);
    const capture = join(blocks.section(), blocks.block(1, body), blocks.enhanced(0, 1n, IP));
    expect(countCapture(capture)).toMatchObject({ packets: 1, error: undefined });
  });
});

describe('an unreadable part of a capture is reported once, and the rest is counted:', () => {
  const links = expect.stringMatching(/^Link types that can be read: /);

  it.each<[string, Buffer[], Partial<CountedCapture>]>([
    [
      'an interface of an unknown link type',
      [
        blocks.interface(127),
        blocks.enhanced(1, 3n, IP),
        blocks.enhanced(0, 4n, IP),
        blocks.enhanced(1, 5n, IP),
      ],
      {
        packets: 3,
        skipped: 2,
        skipped_by_reason: { 'link type 127': 2 },
        unread: ["2 frames of interface 1 (link type 127) can't be read and were not counted.", links],
      },
    ],
    [
      'an interface that was not described',
      [blocks.enhanced(1, 3n, IP), blocks.enhanced(0, 4n, IP)],
      {
        packets: 3,
        skipped: 1,
        skipped_by_reason: { 'interface not described': 1 },
        unread: [
          "1 frame of interface 1, which its section has not described, can't be read and was not counted.",
        ],
      },
    ],
    [
      'an interface of the section before',
      [blocks.section(), blocks.enhanced(0, 3n, IP), blocks.simple(IP)],
      {
        packets: 2,
        skipped: 2,
        unread: [
          "2 frames of interface 0 of section 2, which its section has not described, can't be read and were not counted.",
        ],
      },
    ],
    [
      'a section of another version, up to the next',
      [
        blocks.section(2),
        blocks.interface(101),
        blocks.enhanced(0, 3n, IP),
        blocks.section(1, 2),
        blocks.interface(101),
        blocks.enhanced(0, 4n, IP),
      ],
      {
        packets: 3,
        skipped: 0,
        unread: [
          `The section at byte ${PCAPNG.length} has version 2.0 and was not read; only version 1 is supported.`,
        ],
      },
    ],
  ])('%s', (_, more, expected) => {
    const capture = join(PCAPNG, ...more);
    expect(countCapture(capture)).toMatchObject({ ...expected, error: undefined });
    const single = Array.from(capture, byte => Buffer.of(byte));
    expect(countCapture(single)).toEqual(countCapture(capture));
  });

  it('reports only the first of many unreadable interfaces by name', () => {
    const frames = Array.from({ length: 1000 }, (_, id) => blocks.enhanced(id + 1, 3n, IP));
    const { skipped, unread } = countCapture(join(PCAPNG, ...frames));
    expect(skipped).toBe(1000);
    expect(unread).toHaveLength(21);
    expect(unread[20]).toBe("980 frames of other sources can't be read and were not counted.");
  });
});

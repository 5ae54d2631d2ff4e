import { describe, expect, it } from 'vitest';
import { Recorder } from '../../../core/recorder/recorder.ts';
import { CaptureCounter } from '../../../edge/capture/capture-counter.ts';
import { ethernet, ipv4, join, pcap, pcapngBlocks, u32 } from '../../support/capture-builder.ts';
import { countCapture } from '../../support/count-capture.ts';

const IP = ipv4();
const T0 = Date.UTC(2026, 0, 31, 12);

function timesOf(capture: Buffer): { first: string; last: string } {
  const recorder = new Recorder();
  const counter = new CaptureCounter({ recorder });
  expect([...counter.feed(capture)]).toEqual([]);
  counter.end();
  const { first, last } = recorder.takeInterval().flows[0]!;
  return { first, last };
}

describe('pcap', () => {
  it.each([
    { littleEndian: true, nanoseconds: false },
    { littleEndian: false, nanoseconds: false },
    { littleEndian: true, nanoseconds: true },
    { littleEndian: false, nanoseconds: true },
    { littleEndian: true, magic: 0xa1b2cd34, extra: 8 },
  ])('is read with %o', options => {
    const frames = [
      { data: IP, time_ms: T0 + 1 },
      { data: IP, time_ms: T0 + 999 },
    ];
    const capture = pcap(frames, { linkType: 101, ...options });
    expect(countCapture(capture)).toMatchObject({ packets: 2, bytes: 80n, skipped: 0, error: undefined });
    expect(timesOf(capture)).toEqual({ first: '2026-01-31T12:00:00.001Z', last: '2026-01-31T12:00:00.999Z' });
  });

  it.each<[number, number, string]>([
    [2, 2, 'the wire first'],
    [2, 3, 'in order'],
    [543, 0, 'the wire first'],
  ])('of version %i.%i has the lengths of a record %s', (major, minor) => {
    const frame = { data: ipv4({ total: 1500 }).subarray(0, 24), wire: 1500 };
    const capture = pcap([frame, frame], { linkType: 101, version: [major, minor] });
    expect(countCapture(capture)).toMatchObject({ packets: 2, bytes: 3000n, error: undefined });
  });

  it('of version 2.3 may have the lengths of some records in reverse order', () => {
    const capture = pcap([{ data: IP, wire: 60 }, IP], { linkType: 101, version: [2, 3] });
    capture.writeUInt32LE(60, 24 + 8);
    capture.writeUInt32LE(IP.length, 24 + 12);
    expect(countCapture(capture)).toMatchObject({ packets: 2, bytes: 80n, error: undefined });
  });

  it('without packets counts nothing', () => {
    expect(countCapture(pcap([]))).toMatchObject({ packets: 0, skipped: 0, error: undefined });
  });

  it('may have the length of the frame check sequence next to the link type', () => {
    expect(countCapture(pcap([IP], { linkType: 0x14000065 }))).toMatchObject({
      packets: 1,
      error: undefined,
    });
  });
});

describe.each([true, false])('pcapng, little-endian: %s', littleEndian => {
  const blocks = pcapngBlocks({ littleEndian });
  const start = join(blocks.section(), blocks.interface(101));
  const micro = BigInt(T0) * 1000n;

  it('is read with enhanced, simple and old packet blocks', () => {
    const capture = join(
      start,
      blocks.enhanced(0, micro + 1000n, IP),
      blocks.simple(IP),
      blocks.old(0, micro + 5000n, IP),
    );
    expect(countCapture(capture)).toMatchObject({ packets: 3, bytes: 120n, error: undefined });
    expect(timesOf(capture)).toEqual({ first: '2026-01-31T12:00:00.001Z', last: '2026-01-31T12:00:00.005Z' });
  });

  it('skips blocks of other kinds, of any length', () => {
    const capture = join(
      start,
      blocks.block(5, Buffer.alloc(20)),
      blocks.block(0xbad, Buffer.alloc(3_000_000)),
      blocks.enhanced(0, micro, IP),
    );
    expect(countCapture(capture)).toMatchObject({ packets: 1, error: undefined });
  });

  it('has a link type and a clock for each interface', () => {
    const capture = join(
      blocks.section(),
      blocks.interface(1, { resolution: 9 }),
      blocks.interface(101, { resolution: 0x80 | 10, offset_s: T0 / 1000 }),
      blocks.enhanced(0, micro * 1000n + 7_000_000n, ethernet(0x0800, IP)),
      blocks.enhanced(1, 512n, IP),
    );
    expect(countCapture(capture)).toMatchObject({ packets: 2, bytes: 80n, skipped: 0, error: undefined });
    expect(timesOf(capture)).toEqual({ first: '2026-01-31T12:00:00.007Z', last: '2026-01-31T12:00:00.500Z' });
  });

  it('starts again with each section, in its byte order', () => {
    const other = pcapngBlocks({ littleEndian: !littleEndian });
    const capture = join(
      start,
      blocks.enhanced(0, micro, IP),
      other.section(),
      other.interface(1),
      other.enhanced(0, micro, ethernet(0x0800, IP)),
    );
    expect(countCapture(capture)).toMatchObject({ packets: 2, bytes: 80n, skipped: 0, error: undefined });
  });

  it('cuts a simple packet at the snap length of its interface', () => {
    const capture = join(
      blocks.section(),
      blocks.interface(101, { snaplen: 24 }),
      blocks.simple(ipv4({ total: 1500 }).subarray(0, 24), 1500),
    );
    expect(countCapture(capture)).toMatchObject({ packets: 1, bytes: 1500n, error: undefined });
  });
});

describe('concatenated captures', () => {
  const blocks = pcapngBlocks();
  const at = (seconds: number) => [{ data: IP, time_ms: T0 + seconds * 1000 }];
  const KINDS: Record<string, Buffer> = {
    pcap: pcap(at(0), { linkType: 101 }),
    'big-endian pcap': pcap(at(1), { linkType: 101, littleEndian: false }),
    'pcap with nanoseconds': pcap(at(2), { linkType: 101, nanoseconds: true }),
    'pcap of Ethernet': pcap([{ data: ethernet(0x0800, IP), time_ms: T0 }]),
    'pcap of 2.2': pcap(at(3), { linkType: 101, version: [2, 2] }),
    'patched pcap': pcap(at(3), { linkType: 101, magic: 0xa1b2cd34, extra: 8 }),
    'pcap without packets': pcap([], { linkType: 101 }),
    pcapng: join(blocks.section(), blocks.interface(101), blocks.enhanced(0, BigInt(T0) * 1000n, IP)),
  };
  const pairs = Object.keys(KINDS).flatMap(first =>
    Object.keys(KINDS).map(second => [first, second] as const),
  );

  it.each(pairs)('%s, then %s', (first, second) => {
    const packets = [first, second].filter(name => name !== 'pcap without packets').length;
    const both = join(KINDS[first]!, KINDS[second]!, KINDS.pcap!);
    const expected = { packets: packets + 1, bytes: BigInt(packets + 1) * 40n, skipped: 0, error: undefined };
    expect(countCapture(both)).toMatchObject(expected);
    expect(countCapture(Array.from(both, byte => Buffer.of(byte)))).toMatchObject(expected);
  });

  it('still report an empty frame and damage', () => {
    const empty = pcap([Buffer.alloc(0), IP], { linkType: 101 });
    expect(countCapture(empty)).toMatchObject({ packets: 1, skipped: 1, error: undefined });
    const cut = join(KINDS.pcap!, KINDS.pcap!.subarray(0, 20));
    expect(countCapture(cut).error).toMatch(
      /^The capture is truncated in a packet record: it ends after 100 bytes/,
    );
    const linkless = join(KINDS.pcap!, pcap([IP], { linkType: 105 }));
    expect(countCapture(linkless)).toMatchObject({
      packets: 1,
      error: expect.stringMatching(/^Link type 105 \(byte 100\) can't be read/),
    });
  });
});

describe('frames without a time', () => {
  const blocks = pcapngBlocks();
  const start = join(blocks.section(), blocks.interface(101));

  it('do not change the clock of the capture', () => {
    const counter = new CaptureCounter({ recorder: new Recorder(), interval_ms: 1000, start_ms: T0 });
    expect([...counter.feed(join(start, blocks.simple(IP), blocks.simple(IP)))]).toEqual([]);
    expect([counter.packets, counter.first_ms, counter.last_ms]).toEqual([2, undefined, undefined]);
    expect([...counter.feed(blocks.enhanced(0, BigInt(T0) * 1000n, IP))]).toEqual([]);
    expect([...counter.feed(blocks.simple(IP))]).toEqual([]);
    expect([counter.packets, counter.first_ms, counter.last_ms]).toEqual([4, T0, T0]);
  });

  it('get the time at which counting began, or that of the frame before', () => {
    const recorder = new Recorder();
    const counter = new CaptureCounter({ recorder, start_ms: T0 });
    expect([...counter.feed(join(start, blocks.simple(IP)))]).toEqual([]);
    const { first, last } = recorder.takeInterval().flows[0]!;
    expect([first, last]).toEqual(['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00.000Z']);
  });
});

describe('intervals of capture time', () => {
  const at = (...seconds: number[]) =>
    pcap(
      seconds.map(second => ({ data: IP, time_ms: T0 + second * 1000 })),
      { linkType: 101 },
    );
  const ends = (...seconds: number[]) => seconds.map(second => T0 + second * 1000);

  it('end before the first packet after them, and empty ones are skipped', () => {
    expect(countCapture(at(0, 59, 60, 61, 300, 301), 60_000)).toMatchObject({
      packets: 6,
      interval_ends: ends(60, 120),
    });
  });

  it('count the packet that ends one in the next', () => {
    const recorder = new Recorder();
    const counter = new CaptureCounter({ recorder, interval_ms: 60_000 });
    const counted = Array.from(counter.feed(at(0, 30, 60, 90, 120)), () => Number(recorder.totals().packets));
    expect(counted).toEqual([2, 4]);
    expect(recorder.totals().packets).toBe(5n);
  });

  it('do not end while time runs backwards', () => {
    expect(countCapture(at(100, 0, 159, 50), 60_000)).toMatchObject({ packets: 4, interval_ends: [] });
  });

  it('are known by the times of the first and last frame', () => {
    const counter = new CaptureCounter({ recorder: new Recorder() });
    expect([counter.first_ms, counter.last_ms]).toEqual([undefined, undefined]);
    expect([...counter.feed(at(5, 9, 7))]).toEqual([]);
    expect([counter.first_ms, counter.last_ms]).toEqual(ends(5, 9));
  });
});

it('counts packets under the given endpoint', () => {
  const recorder = new Recorder({ endpoint_id: 'wan1' });
  const counter = new CaptureCounter({ recorder, endpoint_id: 'wan2' });
  expect([...counter.feed(pcap([IP], { linkType: 101 }))]).toEqual([]);
  expect(recorder.takeInterval()).toMatchObject({
    policies: [{ policy_id: 'default', endpoint_id: 'wan2', packets: 1n }],
    flows: [{ policy_id: 'default', endpoint_id: 'wan2', packets: 1n }],
  });
});

it('accepts the magic number of pcapng only with a byte order', () => {
  expect(countCapture(join(u32(0x0a0d0d0a, 28, 0x11223344), Buffer.alloc(16))).error).toBe(
    'The block at byte 0 is a section header without its byte order; 1a2b3c4d or 4d3c2b1a was expected. The capture is damaged from there on.',
  );
});

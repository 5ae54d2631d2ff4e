import { expect, it } from 'vitest';
import { ipv4, ipv6, join, pcap, pcapngBlocks, ports, taggedFrames } from '../../support/capture-builder.ts';
import { captureParts, mutatedCapture } from '../../support/capture-mutations.ts';
import { countCapture } from '../../support/count-capture.ts';
import { seededRandom } from '../../support/random.ts';

const RUNS = 2000;
/**
 * A reader may hold a block of 2 MB at a time, twice while its buffer grows. The rest is what tests
 * leave behind.
 */
const MOST_GROWTH_BYTES = 300 * 2 ** 20;

const FRAMES = [
  ...taggedFrames(0x0800, ipv4({ protocol: 17, payload: ports(1000, 53, 60), checksum: 'right' })),
  ...taggedFrames(0x86dd, ipv6({ next: 0, payload: join([6, 0, 5, 2, 0, 0, 0, 0], ports(1000, 443, 60)) })),
].map(([, frame], i) => ({ data: frame, time_ms: 1_700_000_000_000 + i * 100 }));

const blocks = pcapngBlocks();
const SAMPLES = [
  pcap(FRAMES),
  join(
    blocks.section(),
    blocks.interface(1, { resolution: 6 }),
    blocks.block(5, Buffer.alloc(32)),
    ...FRAMES.flatMap(({ data, time_ms }, i) => [
      blocks.enhanced(0, BigInt(time_ms) * 1000n, data),
      ...(i % 5 === 0 ? [blocks.simple(data), blocks.old(0, BigInt(time_ms) * 1000n, data)] : []),
    ]),
  ),
];

it('counts the original samples completely', () => {
  for (const sample of SAMPLES) {
    expect(countCapture(sample)).toMatchObject({ skipped: 0, unread: [], error: undefined });
    const { head, records } = captureParts(sample);
    expect(join(head, ...records).equals(sample)).toBe(true);
  }
});

it(`ends ${RUNS} changed captures with a count or an error, the same for pieces of any size`, () => {
  const random = seededRandom(2026);
  const parts = SAMPLES.map(captureParts);
  const before = process.memoryUsage().rss;
  let broken = 0;
  for (let run = 0; run < RUNS; run++) {
    const capture = mutatedCapture(random.pick(parts), random);
    const whole = countCapture(capture, 1000);
    const cut = 1 + random.below(capture.length - 1);
    const pieces = [capture.subarray(0, cut), capture.subarray(cut)].map(piece => Buffer.from(piece));
    // Frames without a time have the time of the start, which is not compared.
    expect(countCapture(pieces, 1000)).toEqual(whole);
    const frames = whole.packets + whole.skipped;
    expect(frames).toBeLessThanOrEqual(capture.length / 16);
    expect(Object.values(whole.skipped_by_reason).reduce((sum, count) => sum + count, 0)).toBe(whole.skipped);
    if (whole.error !== undefined) broken++;
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(MOST_GROWTH_BYTES);
  // Changes that all end at once would test nothing, and neither would changes that break nothing.
  expect(broken).toBeGreaterThan(RUNS / 10);
  expect(broken).toBeLessThan((RUNS * 9) / 10);
});

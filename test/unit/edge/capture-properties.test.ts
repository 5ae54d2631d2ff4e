import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ethernet, ipv4, ipv6, join, pcap, pcapngBlocks } from '../../support/capture-builder.ts';
import { countCapture } from '../../support/count-capture.ts';

const LINK_TYPES = [0, 1, 9, 12, 14, 50, 101, 104, 108, 113, 228, 229, 276];

/** The places at which a capture is split. */
function cut(capture: Buffer, places: number[]): Buffer[] {
  const at = [0, ...places.map(place => place % (capture.length + 1)), capture.length].sort((a, b) => a - b);
  // Each piece in a buffer that is overwritten later, as a reader's are.
  return at.slice(1).map((end, index) => Buffer.from(capture.subarray(at[index], end)));
}

const blocks = pcapngBlocks();
const SAMPLES: Record<string, Buffer> = {
  pcap: pcap(
    Array.from({ length: 40 }, (_, i) => ({
      data: ethernet(0x0800, ipv4({ src: `10.0.0.${i % 7}`, payload: Buffer.alloc(8 + i, i) })),
      time_ms: i * 100,
    })),
  ),
  pcapng: join(
    blocks.section(),
    blocks.interface(101),
    blocks.block(5, Buffer.alloc(64)),
    ...Array.from({ length: 40 }, (_, i) =>
      blocks.enhanced(0, BigInt(i) * 100_000n, ipv6({ payload: Buffer.alloc(8 + i, i % 5) })),
    ),
  ),
};

it.each(Object.keys(SAMPLES))('%s: counts the same for pieces of any size', name => {
  const capture = SAMPLES[name]!;
  const whole = countCapture(capture, 1000);
  expect(whole).toMatchObject({ packets: 40, error: undefined });
  expect(whole.interval_ends).toHaveLength(3);
  expect(countCapture(cut(capture, [...capture.keys()]), 1000)).toEqual(whole);
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 30 }), places => {
      expect(countCapture(cut(capture, places), 1000)).toEqual(whole);
    }),
  );
});

it('counts or skips a frame of random bytes with any link type', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...LINK_TYPES),
      fc.array(fc.uint8Array({ maxLength: 120 })),
      (linkType, frames) => {
        const counted = countCapture(
          pcap(
            frames.map(frame => Buffer.from(frame)),
            { linkType },
          ),
        );
        expect(counted).toMatchObject({ error: undefined });
        expect(counted.packets + counted.skipped).toBe(frames.length);
      },
    ),
    { numRuns: 2000 },
  );
});

it('counts or skips a packet with any changed bytes', () => {
  const frame = ethernet(
    0x86dd,
    ipv6({ next: 0, payload: Buffer.from([44, 0, 5, 2, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 9]) }),
  );
  const change = fc.tuple(fc.nat({ max: frame.length - 1 }), fc.nat({ max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), changes => {
      const changed = Buffer.from(frame);
      for (const [at, value] of changes) changed[at] = value;
      const { packets, skipped, error } = countCapture(pcap([changed]));
      expect({ frames: packets + skipped, error }).toEqual({ frames: 1, error: undefined });
    }),
    { numRuns: 2000 },
  );
});

it('ends a damaged capture with an error or a count, never with a crash', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(SAMPLES)),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 10 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      (sample, changes, places) => {
        const damaged = Buffer.from(sample);
        for (const [at, value] of changes) damaged[at % damaged.length] = value;
        // A damaged time may be years away: then there are that many intervals, but only one is
        // reported.
        const whole = countCapture(damaged, 1000);
        expect(countCapture(cut(damaged, places), 1000)).toEqual(whole);
      },
    ),
    { numRuns: 1000 },
  );
});

it('ends random bytes after a file header with an error or a count', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(SAMPLES)),
      fc.uint8Array({ maxLength: 400 }),
      (sample, bytes) => {
        const { packets, skipped } = countCapture(join(sample.subarray(0, 60), Buffer.from(bytes)));
        expect(packets + skipped).toBeLessThan(40);
      },
    ),
    { numRuns: 1000 },
  );
});

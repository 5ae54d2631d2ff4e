import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpacked } from '../../../edge/capture/unpack.ts';
import { ipv4, join, pcap, u32 } from '../../support/capture-builder.ts';
import { seededRandom } from '../../support/random.ts';

/** Bytes that pack a little, some hundreds of KB. */
const PLAIN = pcap(
  Array.from({ length: 4000 }, (_, i) => ({
    data: ipv4({ src: `10.0.${i % 250}.1`, payload: Buffer.alloc(20 + (i % 90), i) }),
    time_ms: i * 100,
  })),
  { linkType: 101 },
);
/** A skippable frame, as pzstd writes one before each of its own. */
const PASSED = join(Buffer.from('502a4d18', 'hex'), u32(4).reverse(), Buffer.alloc(4, 9));

const PACKED: Record<string, Buffer> = {
  gzip: gzipSync(PLAIN),
  'gzip in two parts': join(gzipSync(PLAIN.subarray(0, 1000)), gzipSync(PLAIN.subarray(1000))),
  'gzip, filled up with zeros': join(gzipSync(PLAIN), Buffer.alloc(512)),
  zstd: zstdCompressSync(PLAIN),
  'zstd in three frames': join(
    PASSED,
    zstdCompressSync(PLAIN.subarray(0, 1000)),
    PASSED,
    PASSED,
    zstdCompressSync(PLAIN.subarray(1000, 1001)),
    zstdCompressSync(PLAIN.subarray(1001)),
    PASSED,
  ),
  'zstd, filled up with zeros': join(zstdCompressSync(PLAIN), Buffer.alloc(100_000)),
};

interface Unpacked {
  bytes: Buffer;
  error: string | undefined;
  largest: number;
}

/** Hands pieces over in one buffer that is used again, as a reader of files does. */
async function* inPieces(packed: Buffer, length: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let at = 0; at < packed.length; at += length) {
    const piece = packed.subarray(at, at + length);
    buffer.fill(0xee).set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

async function unpack(pieces: AsyncIterable<Buffer>): Promise<Unpacked> {
  const parts: Buffer[] = [];
  let error: string | undefined;
  let largest = 0;
  try {
    for await (const piece of unpacked(pieces)) {
      parts.push(Buffer.from(piece));
      largest = Math.max(largest, piece.length);
    }
  } catch (thrown) {
    if ((thrown as Error).name !== 'CaptureError') throw thrown;
    error = (thrown as Error).message;
  }
  return { bytes: Buffer.concat(parts), error, largest };
}

describe('a compressed capture', () => {
  it.each(Object.keys(PACKED))('with %s is unpacked completely, in pieces of any size', async name => {
    const packed = PACKED[name]!;
    for (const length of [packed.length, 65_536, 1000, 7]) {
      const { bytes, error } = await unpack(inPieces(packed, length));
      expect({ same: bytes.equals(PLAIN), error }).toEqual({ same: true, error: undefined });
    }
  });

  it('is unpacked piece by piece, at any size', async () => {
    const zeros = gzipSync(Buffer.alloc(30_000_000));
    const { bytes, largest } = await unpack(inPieces(zeros, 100_000));
    expect(bytes).toHaveLength(30_000_000);
    expect(largest).toBeLessThanOrEqual(256 * 1024);
  });

  it('is unpacked at most one piece ahead of its reader', async () => {
    let given = 0;
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const piece of inPieces(zstdCompressSync(Buffer.alloc(50_000_000, 'abc')), 64)) {
        given += piece.length;
        yield piece;
      }
    }
    const pieces = unpacked(counted());
    await pieces.next();
    await pieces.next();
    const before = given;
    expect(before).toBeLessThan(2000);
    await pieces.return(undefined);
    expect(given).toBe(before);
  });

  it.each(['gzip', 'zstd'])('with %s and truncated is unpacked up to the end, with an error', async name => {
    const whole = PACKED[name]!;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 20, max: whole.length - 1 }), async length => {
        const { bytes, error } = await unpack(inPieces(whole.subarray(0, length), 65_536));
        expect(bytes.equals(PLAIN.subarray(0, bytes.length))).toBe(true);
        expect(error).toBe(
          `The ${name} data is truncated after ${length} bytes. What could be unpacked was counted.`,
        );
      }),
      { numRuns: 50 },
    );
    // Everything except the checksum at the end was there.
    const { bytes } = await unpack(inPieces(whole.subarray(0, -1), 65_536));
    if (name === 'gzip') expect(bytes).toHaveLength(PLAIN.length);
  });

  it.each(['gzip', 'zstd'])('with %s and damaged ends with an error or with content', async name => {
    const random = seededRandom(7);
    for (let run = 0; run < 100; run++) {
      const damaged = Buffer.from(PACKED[name]!);
      damaged[4 + random.below(damaged.length - 4)]! ^= 1 + random.below(255);
      const { bytes, error } = await unpack(inPieces(damaged, 4096));
      expect(error !== undefined || bytes.length > 0).toBe(true);
    }
  });

  it('with other data after it is reported', async () => {
    const packed = PACKED.zstd!;
    expect(await unpack(inPieces(join(packed, Buffer.from('more')), 65_536))).toMatchObject({
      error: `After the zstd data there are other data (from byte ${packed.length} of the file); everything before was counted.`,
    });
  });
});

it.each([0, 1, 3, 4, 5])('passes %i uncompressed bytes on unchanged', async length => {
  const { bytes, error } = await unpack(inPieces(PLAIN.subarray(0, length), 2));
  expect({ bytes, error }).toEqual({ bytes: PLAIN.subarray(0, length), error: undefined });
});

it('closes its source when its reader stops', async () => {
  let closed = false;
  async function* pieces(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield PACKED.gzip!;
    } finally {
      closed = true;
    }
  }
  for await (const _ of unpacked(pieces())) break;
  expect(closed).toBe(true);
});

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { PackedReader } from './packed-reader.ts';

/** The order of an item's values. Layout 1, of earlier releases, can still be read. */
export type Layout = 1 | 2 | 3 | 4 | 5 | 6;

/** Packed data begins with a byte that names the format of the rest, so that formats can change. */
const FORMATS: Record<number, { layout: Layout; deflated: boolean }> = {
  1: { layout: 1, deflated: false },
  2: { layout: 1, deflated: true },
  3: { layout: 2, deflated: false },
  4: { layout: 2, deflated: true },
  5: { layout: 3, deflated: false },
  6: { layout: 3, deflated: true },
  7: { layout: 4, deflated: false },
  8: { layout: 4, deflated: true },
  9: { layout: 5, deflated: false },
  10: { layout: 5, deflated: true },
  11: { layout: 6, deflated: false },
  12: { layout: 6, deflated: true },
};

/**
 * This release writes layout 2; layout 3 for a lane whose counts are not in generation 0 of the
 * counters; 4 for items with estimated counts; 5 for a lane with measurements of paths or the times
 * of its reports; 6 for a lane whose rates are known. A release without such a layout can't read
 * the item, so it can't lose the additional values.
 */
const WRITTEN = {
  2: { plain: 3, deflated: 4 },
  3: { plain: 5, deflated: 6 },
  4: { plain: 7, deflated: 8 },
  5: { plain: 9, deflated: 10 },
  6: { plain: 11, deflated: 12 },
} as const;

/**
 * Data of this size or more is compressed if that makes it smaller. Packed numbers hardly shrink,
 * and a smaller item is one write unit anyway (1 KB less its version and keys, with an edge id of
 * up to 60 characters).
 */
const COMPRESS_FROM_BYTES = 920;

/** Limit of decompressed data. An item has at most 400 KB, so larger data is broken. */
const MAX_PACKED_BYTES = 4 * 1024 * 1024;

/** Packed data that is broken, or of a format that this release does not know. */
export class PackedDataUnreadable extends Error {
  override readonly name = 'PackedDataUnreadable';
}

/** Marks packed data with its format, and compresses it if that makes it smaller. */
export function sealPacked(packed: Uint8Array, layout: keyof typeof WRITTEN = 2): Uint8Array {
  const { plain, deflated: compressed } = WRITTEN[layout];
  if (packed.length >= COMPRESS_FROM_BYTES) {
    const deflated = deflateRawSync(packed);
    if (deflated.length < packed.length) return withFormat(compressed, deflated);
  }
  return withFormat(plain, packed);
}

/**
 * Reads sealed data with `read`, which must consume all of it.
 *
 * @throws PackedDataUnreadable
 */
export function openPacked<T>(data: Uint8Array, read: (reader: PackedReader, layout: Layout) => T): T {
  try {
    const { reader, layout } = unseal(data);
    const value = read(reader, layout);
    if (!reader.ended) throw new RangeError('packed data goes on after its end');
    return value;
  } catch (cause) {
    if (cause instanceof PackedDataUnreadable) throw cause;
    throw new PackedDataUnreadable((cause as Error).message, { cause });
  }
}

/** The result of `read`, or its PackedDataUnreadable. */
export function readOrUnreadable<T>(read: () => T): T | PackedDataUnreadable {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof PackedDataUnreadable) return cause;
    throw cause;
  }
}

function unseal(data: Uint8Array): { reader: PackedReader; layout: Layout } {
  const format = FORMATS[data[0] ?? 0];
  if (!format) {
    throw new PackedDataUnreadable(`packed data is of format ${data[0]}; this release reads 1 to 12`);
  }
  const { layout, deflated } = format;
  if (!deflated) return { reader: new PackedReader(data, 1), layout };
  const inflated = inflateRawSync(data.subarray(1), { maxOutputLength: MAX_PACKED_BYTES });
  return { reader: new PackedReader(inflated), layout };
}

function withFormat(format: number, body: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(body.length + 1);
  sealed[0] = format;
  sealed.set(body, 1);
  return sealed;
}

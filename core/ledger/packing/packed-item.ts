import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { PackedReader } from './packed-reader.ts';

/** The first byte of packed data is the format of the rest, so that formats can change. */
const FORMAT = { plain: 1, deflated: 2 } as const;

/**
 * From here on compressing is tried: packed numbers hardly shrink, and below this an item is one write unit anyway (1 KB
 * less room for its keys and version).
 */
const COMPRESS_FROM_BYTES = 850;

/** An item's limit is 400 KB; far above that, data can only be broken. */
const MAX_PACKED_BYTES = 4 * 1024 * 1024;

/** Packed data is of a format that this release does not know, or broken. */
export class PackedDataUnreadable extends Error {
  override readonly name = 'PackedDataUnreadable';
}

/** Marks packed data with its format, compressed where that makes it smaller. */
export function sealPacked(packed: Uint8Array): Uint8Array {
  if (packed.length >= COMPRESS_FROM_BYTES) {
    const deflated = deflateRawSync(packed);
    if (deflated.length < packed.length) return withFormat(FORMAT.deflated, deflated);
  }
  return withFormat(FORMAT.plain, packed);
}

/**
 * Reads sealed data with `read`, which must take all of it.
 *
 * @throws PackedDataUnreadable
 */
export function openPacked<T>(data: Uint8Array, read: (reader: PackedReader) => T): T {
  return peekPacked(data, reader => {
    const value = read(reader);
    if (!reader.ended) throw new RangeError('packed data goes on after its end');
    return value;
  });
}

/**
 * Reads the beginning of sealed data with `read`.
 *
 * @throws PackedDataUnreadable
 */
export function peekPacked<T>(data: Uint8Array, read: (reader: PackedReader) => T): T {
  try {
    return read(unseal(data));
  } catch (cause) {
    if (cause instanceof PackedDataUnreadable) throw cause;
    throw new PackedDataUnreadable((cause as Error).message, { cause });
  }
}

/** What `read` gives, or the error where it can't read packed data. */
export function readOrUnreadable<T>(read: () => T): T | PackedDataUnreadable {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof PackedDataUnreadable) return cause;
    throw cause;
  }
}

function unseal(data: Uint8Array): PackedReader {
  if (data[0] === FORMAT.plain) return new PackedReader(data, 1);
  if (data[0] === FORMAT.deflated) {
    return new PackedReader(inflateRawSync(data.subarray(1), { maxOutputLength: MAX_PACKED_BYTES }));
  }
  throw new PackedDataUnreadable(`packed data is of format ${data[0]}; this release reads 1 and 2`);
}

function withFormat(format: number, body: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(body.length + 1);
  sealed[0] = format;
  sealed.set(body, 1);
  return sealed;
}

/** How a cache writes its values into the shared level and reads them back. */
export interface ValueCodec<V> {
  /**
   * Raised whenever the stored form changes; an entry of an older shape is a miss and is removed.
   */
  shape: number;
  encode(value: V): string;
  /** Throws when the text is not a value of this shape. */
  decode(text: string): V;
}

/**
 * JSON, checked on the way in by `parse` (a zod schema's `parse`, or a hand-written check that
 * throws).
 */
export function jsonCodec<V>({ shape, parse }: { shape: number; parse: (raw: unknown) => V }): ValueCodec<V> {
  return { shape, encode: value => JSON.stringify(value), decode: text => parse(JSON.parse(text)) };
}

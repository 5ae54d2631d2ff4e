/** How a cache writes its values into the shared level and reads them back. */
export interface ValueCodec<V> {
  /**
   * Raise it when the stored form changes. An entry of an older shape is a miss and is removed.
   */
  shape: number;
  encode(value: V): string;
  /** Throws when the text is not a value of this shape. */
  decode(text: string): V;
}

/** JSON. `parse` checks what is read: a zod schema's `parse`, or a function that throws. */
export function jsonCodec<V>({ shape, parse }: { shape: number; parse: (raw: unknown) => V }): ValueCodec<V> {
  return { shape, encode: value => JSON.stringify(value), decode: text => parse(JSON.parse(text)) };
}

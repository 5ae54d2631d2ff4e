const encoder = new TextEncoder();

/**
 * FNV-1a over the UTF-8 bytes, an unsigned number of 32 bits. It spreads keys over partitions, in
 * the same way in every function.
 */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}

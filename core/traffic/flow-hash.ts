/**
 * Hashes of packed flow keys for open addressing. The seed is random for each table, so that nobody outside can
 * choose addresses that all fall in one place. Multiplications and xor-shifts in the manner of Murmur3's finalizer.
 */
export function hashV4(seed: number, src: number, dst: number, ports: number, meta: number): number {
  let h = Math.imul(src ^ seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ dst, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ ports, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16) ^ meta, 0x27d4eb2f);
  return h ^ (h >>> 15);
}

/** The same over all ten words of a key, IPv6's included. */
export function hashV6(seed: number, words: Int32Array, base: number): number {
  let h = hashV4(seed, words[base]!, words[base + 1]!, words[base + 2]!, words[base + 3]!);
  for (let i = base + 4; i < base + 10; i++) {
    h = Math.imul(h ^ words[i]!, 0x9e3779b1);
    h ^= h >>> 15;
  }
  return h;
}

/** A seed that differs in every process. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Int32Array(1))[0]!;
}

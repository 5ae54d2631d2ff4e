/**
 * Hash of a packed IPv4 key for open addressing: three products that the processor computes in
 * parallel, then mixed as in Murmur3's finalizer. The seed is random for each table, so that an
 * attacker can't choose addresses that all have the same place.
 */
export function hashV4(seed: number, src: number, dst: number, ports: number, meta: number): number {
  const a = Math.imul(src ^ seed, 0x9e3779b1);
  const b = Math.imul((dst + seed) | 0, 0x85ebca6b);
  const c = Math.imul(ports ^ seed, 0xc2b2ae35);
  const h = a ^ ((b >>> 7) | (b << 25)) ^ ((c >>> 15) | (c << 17)) ^ meta;
  const mixed = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 14);
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

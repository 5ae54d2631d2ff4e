import { hashV4, hashV6, randomSeed } from './flow-hash.ts';
import { isV6, KEY_WORDS } from './flow-key.ts';

/** 32-bit words of one entry: 64 bytes, one cache line. The key's ten words come first. */
export const ENTRY_WORDS = 16;
/** Word of an entry: packets of this interval. */
export const PACKETS_WORD = 14;
/** Word of an entry: index of its (policy, endpoint) pair; `~index` when it has to be matched again. */
export const PAIR_WORD = 15;
/** 64-bit floats of one entry, over the same memory. */
export const ENTRY_DOUBLES = 8;
/** Float of an entry: time of its last packet, milliseconds since the epoch; Infinity in a free entry. */
export const LAST_DOUBLE = 5;
/** Float of an entry: bytes of this interval. */
export const BYTES_DOUBLE = 6;

/** The share of the flows that is put in order at a time to find the longest idle ones. */
const VICTIM_SHARE = 8;

/**
 * The flows that the recorder knows: a fixed number of entries in typed arrays, found by open addressing with
 * linear probing. When it is full, the caller takes out `longestIdle()` first.
 */
export class FlowTable {
  readonly capacity: number;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** Time of the first packet of the interval; of meaning where the entry's packets aren't 0. */
  readonly first: Float64Array;
  size = 0;
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #seed = randomSeed();
  readonly #free: Int32Array;
  #victims = new Int32Array(0);
  #victimLast = new Float64Array(0);
  #nextVictim = 0;

  constructor(capacity: number) {
    const memory = new ArrayBuffer(capacity * ENTRY_WORDS * 4);
    this.capacity = capacity;
    this.words = new Int32Array(memory);
    this.doubles = new Float64Array(memory);
    this.first = new Float64Array(capacity);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 2)));
    this.#mask = this.#slots.length - 1;
    this.#free = new Int32Array(capacity);
    for (let entry = 0; entry < capacity; entry++) {
      this.#free[entry] = capacity - 1 - entry;
      this.doubles[entry * ENTRY_DOUBLES + LAST_DOUBLE] = Number.POSITIVE_INFINITY;
    }
  }

  /** The entry of an IPv4 key, −1 when it isn't known. */
  findV4(src: number, dst: number, ports: number, meta: number): number {
    const slots = this.#slots;
    const words = this.words;
    const mask = this.#mask;
    let at = hashV4(this.#seed, src, dst, ports, meta) & mask;
    for (;;) {
      const entry = slots[at]! - 1;
      if (entry < 0) {
        return -1;
      }
      const base = entry * ENTRY_WORDS;
      if (
        words[base] === src &&
        words[base + 1] === dst &&
        words[base + 2] === ports &&
        words[base + 3] === meta
      ) {
        return entry;
      }
      at = (at + 1) & mask;
    }
  }

  /** The entry of an IPv6 key at the start of `key`, −1 when it isn't known. */
  findV6(key: Int32Array): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let at = hashV6(this.#seed, key, 0) & mask;
    for (;;) {
      const entry = slots[at]! - 1;
      if (entry < 0 || this.#holds(entry, key)) {
        return entry;
      }
      at = (at + 1) & mask;
    }
  }

  /** Enters a key that isn't known yet and gives its entry, counts at 0. There must be room. */
  insert(key: Int32Array): number {
    const entry = this.#free[this.capacity - 1 - this.size]!;
    const base = entry * ENTRY_WORDS;
    this.size += 1;
    for (let i = 0; i < KEY_WORDS; i++) {
      this.words[base + i] = key[i]!;
    }
    this.words[base + PACKETS_WORD] = 0;
    this.doubles[entry * ENTRY_DOUBLES + BYTES_DOUBLE] = 0;
    let at = this.#home(base);
    while (this.#slots[at] !== 0) {
      at = (at + 1) & this.#mask;
    }
    this.#slots[at] = entry + 1;
    return entry;
  }

  /** Takes an entry out and closes the gap in its run, so that look-ups need no marks of deletion. */
  remove(entry: number): void {
    const mask = this.#mask;
    let gap = this.#home(entry * ENTRY_WORDS);
    while (this.#slots[gap] !== entry + 1) {
      gap = (gap + 1) & mask;
    }
    for (let at = (gap + 1) & mask; this.#slots[at] !== 0; at = (at + 1) & mask) {
      const home = this.#home((this.#slots[at]! - 1) * ENTRY_WORDS);
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        this.#slots[gap] = this.#slots[at]!;
        gap = at;
      }
    }
    this.#slots[gap] = 0;
    this.doubles[entry * ENTRY_DOUBLES + LAST_DOUBLE] = Number.POSITIVE_INFINITY;
    this.size -= 1;
    this.#free[this.capacity - 1 - this.size] = entry;
  }

  /**
   * The entry whose last packet is the oldest (exact while time doesn't go backwards). There must be an entry.
   *
   * The oldest are put in order some at a time; one that was touched since then is younger than all the rest of
   * that order, so it is passed by. That makes an eviction cheap in a flood of new flows.
   */
  longestIdle(): number {
    for (;;) {
      while (this.#nextVictim < this.#victims.length) {
        const entry = this.#victims[this.#nextVictim]!;
        const last = this.#victimLast[this.#nextVictim]!;
        this.#nextVictim += 1;
        if (this.doubles[entry * ENTRY_DOUBLES + LAST_DOUBLE] === last) {
          return entry;
        }
      }
      this.#orderOldest();
    }
  }

  isFree(entry: number): boolean {
    return this.doubles[entry * ENTRY_DOUBLES + LAST_DOUBLE] === Number.POSITIVE_INFINITY;
  }

  #orderOldest(): void {
    const wanted = Math.max(1, Math.ceil(this.size / VICTIM_SHARE));
    const ages = new Float64Array(this.capacity);
    for (let entry = 0; entry < this.capacity; entry++) {
      ages[entry] = this.doubles[entry * ENTRY_DOUBLES + LAST_DOUBLE]!;
    }
    const limit = ages.slice().sort()[wanted - 1]!;
    const oldest: number[] = [];
    for (let entry = 0; entry < this.capacity; entry++) {
      if (ages[entry]! <= limit && ages[entry]! < Number.POSITIVE_INFINITY) {
        oldest.push(entry);
      }
    }
    oldest.sort((a, b) => ages[a]! - ages[b]!);
    this.#victims = Int32Array.from(oldest);
    this.#victimLast = Float64Array.from(oldest, entry => ages[entry]!);
    this.#nextVictim = 0;
  }

  #holds(entry: number, key: Int32Array): boolean {
    const base = entry * ENTRY_WORDS;
    for (let i = 0; i < KEY_WORDS; i++) {
      if (this.words[base + i] !== key[i]) {
        return false;
      }
    }
    return true;
  }

  #home(base: number): number {
    const words = this.words;
    const meta = words[base + 3]!;
    const hash = isV6(meta)
      ? hashV6(this.#seed, words, base)
      : hashV4(this.#seed, words[base]!, words[base + 1]!, words[base + 2]!, meta);
    return hash & this.#mask;
  }
}

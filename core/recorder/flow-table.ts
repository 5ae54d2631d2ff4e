import { isV6, KEY_WORDS } from '../policy/flow-key.ts';
import { BYTES_DOUBLE, ENTRY_DOUBLES, ENTRY_WORDS, META_WORD, PACKETS_WORD } from './flow-entry.ts';
import { hashV4, hashV6, randomSeed } from './flow-hash.ts';
import { IdleOrder } from './idle-order.ts';

const INITIAL_PLACES = 1024;
/** Large steps leave less memory that the allocator can't release. */
const GROWTH = 4;

/**
 * The flows that the recorder knows, in typed arrays: open addressing with linear probing, key and
 * counts in the one cache line that a look-up fetches. It grows up to `capacity` entries, so that
 * few flows stay in the nearest cache. When it is full, the caller evicts `longestIdle()` before it
 * inserts.
 *
 * An entry is the index of its place. `insert` and `remove` may move other entries: hold none
 * across them.
 */
export class FlowTable {
  readonly capacity: number;
  words = new Int32Array(0);
  doubles = new Float64Array(0);
  /** When the interval's packets of an entry began; valid while the entry's packets aren't 0. */
  first = new Float64Array(0);
  /** The number of entries. */
  size = 0;
  #mask = 0;
  readonly #seed = randomSeed();
  readonly #idle: IdleOrder;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#idle = new IdleOrder(this);
    this.#allocate(INITIAL_PLACES);
  }

  /** Places for entries, used or free. */
  get places(): number {
    return this.#mask + 1;
  }

  /** The entry of an IPv4 key, −1 when it isn't known. */
  findV4(src: number, dst: number, ports: number, meta: number): number {
    const words = this.words;
    const mask = this.#mask;
    let entry = hashV4(this.#seed, src, dst, ports, meta) & mask;
    for (;;) {
      const base = entry * ENTRY_WORDS;
      if (
        words[base + 2] === ports &&
        words[base] === src &&
        words[base + 1] === dst &&
        words[base + META_WORD] === meta
      ) {
        return entry;
      }
      if (words[base + META_WORD] === 0) {
        return -1;
      }
      entry = (entry + 1) & mask;
    }
  }

  /** The entry of an IPv6 key at the start of `key`, −1 when it isn't known. */
  findV6(key: Int32Array): number {
    const mask = this.#mask;
    let entry = hashV6(this.#seed, key, 0) & mask;
    for (;;) {
      if (this.isFree(entry)) {
        return -1;
      }
      if (this.#holds(entry, key)) {
        return entry;
      }
      entry = (entry + 1) & mask;
    }
  }

  /**
   * Inserts a key that isn't known yet and returns its entry, with counts of 0. There must be room.
   */
  insert(key: Int32Array): number {
    if ((this.size + 1) * 2 > this.places) {
      this.#grow();
    }
    const entry = this.#freePlace(key, 0);
    const base = entry * ENTRY_WORDS;
    for (let i = 0; i < KEY_WORDS; i++) {
      this.words[base + i] = key[i]!;
    }
    this.words[base + PACKETS_WORD] = 0;
    this.doubles[entry * ENTRY_DOUBLES + BYTES_DOUBLE] = 0;
    this.size += 1;
    return entry;
  }

  /** Removes an entry and closes the gap in its run, so that look-ups need no tombstones. */
  remove(entry: number): void {
    const mask = this.#mask;
    let gap = entry;
    for (let at = (gap + 1) & mask; !this.isFree(at); at = (at + 1) & mask) {
      const home = this.#home(this.words, at * ENTRY_WORDS);
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        this.words.copyWithin(gap * ENTRY_WORDS, at * ENTRY_WORDS, (at + 1) * ENTRY_WORDS);
        this.first[gap] = this.first[at]!;
        this.#idle.moved(at, gap);
        gap = at;
      }
    }
    this.words[gap * ENTRY_WORDS + META_WORD] = 0;
    this.#idle.forget(gap);
    this.size -= 1;
  }

  /**
   * The entry whose last packet is the oldest (exact while time doesn't go backwards). There must
   * be an entry.
   */
  longestIdle(): number {
    return this.#idle.longest();
  }

  isFree(entry: number): boolean {
    return this.words[entry * ENTRY_WORDS + META_WORD] === 0;
  }

  /** The entries in use. */
  *entries(): Generator<number> {
    for (let entry = 0; entry < this.places; entry++) {
      if (!this.isFree(entry)) {
        yield entry;
      }
    }
  }

  #allocate(places: number): void {
    const memory = new ArrayBuffer(places * ENTRY_WORDS * 4);
    this.words = new Int32Array(memory);
    this.doubles = new Float64Array(memory);
    this.first = new Float64Array(places);
    this.#mask = places - 1;
    this.#idle.clear();
  }

  #grow(): void {
    const { words, first, places } = this;
    this.#allocate(places * GROWTH);
    for (let old = 0; old < places; old++) {
      const base = old * ENTRY_WORDS;
      if (words[base + META_WORD] !== 0) {
        const entry = this.#freePlace(words, base);
        this.words.set(words.subarray(base, base + ENTRY_WORDS), entry * ENTRY_WORDS);
        this.first[entry] = first[old]!;
      }
    }
    // Releases the memory at once: without allocations it may be long until garbage is collected.
    words.buffer.transfer(0);
    first.buffer.transfer(0);
  }

  #freePlace(words: Int32Array, base: number): number {
    let entry = this.#home(words, base);
    while (!this.isFree(entry)) {
      entry = (entry + 1) & this.#mask;
    }
    return entry;
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

  #home(words: Int32Array, base: number): number {
    const meta = words[base + META_WORD]!;
    const hash = isV6(meta)
      ? hashV6(this.#seed, words, base)
      : hashV4(this.#seed, words[base]!, words[base + 1]!, words[base + 2]!, meta);
    return hash & this.#mask;
  }
}

import { isV6, KEY_WORDS, protocolOf } from '../policy/flow-key.ts';
import { hashV4, hashV6, randomSeed } from './flow-hash.ts';

/** Words of a stored flow: its key and one word of marks. */
const V4_WORDS = 5;
const V6_WORDS = KEY_WORDS + 1;

const TRANSPORT_PROTOCOLS = new Set([6, 17, 132]);

/**
 * Every one-way 5-tuple that was seen, exactly and without limit: 20 bytes for an IPv4 flow and
 * some 12 for its hash slots. A flow stays under the policy with which it was added.
 */
export class DistinctFlows {
  readonly #v4 = new KeySet(V4_WORDS);
  readonly #v6 = new KeySet(V6_WORDS);
  readonly #policies = new Map<string, number>();
  #transport = 0;

  /** Distinct 5-tuples. */
  get flows(): number {
    return this.#v4.size + this.#v6.size;
  }

  /**
   * Distinct 5-tuples of TCP, UDP and SCTP that had at least one packet with a whole transport
   * header.
   */
  get flows_l4(): number {
    return this.#transport;
  }

  /** The number of flows that were added under a policy. */
  flowsOf(policy_id: string): number {
    return this.#policies.get(policy_id) ?? 0;
  }

  /** Adds a flow, under `policy_id` if it is new. */
  add(key: Int32Array, policy_id: string): void {
    const set = this.#setOf(key);
    const size = set.size;
    const at = set.place(key);
    if (set.size > size) {
      this.#policies.set(policy_id, this.flowsOf(policy_id) + 1);
    }
    if (key[2] !== 0) {
      this.#markTransport(set, at, key);
    }
  }

  /**
   * Notes that a flow that was added had a whole transport header, although both of its ports are
   * 0.
   */
  noteTransport(key: Int32Array): void {
    const set = this.#setOf(key);
    this.#markTransport(set, set.place(key), key);
  }

  #setOf(key: Int32Array): KeySet {
    return isV6(key[3]!) ? this.#v6 : this.#v4;
  }

  #markTransport(set: KeySet, at: number, key: Int32Array): void {
    if (TRANSPORT_PROTOCOLS.has(protocolOf(key[3]!)) && set.words[at + set.keyWords] === 0) {
      set.words[at + set.keyWords] = 1;
      this.#transport += 1;
    }
  }
}

/** A growing set of packed keys with one word of marks each. */
class KeySet {
  readonly keyWords: number;
  words: Int32Array;
  size = 0;
  readonly #stride: number;
  readonly #seed = randomSeed();
  #slots = new Int32Array(2048);

  constructor(stride: number) {
    this.#stride = stride;
    this.keyWords = stride - 1;
    this.words = new Int32Array(1024 * stride);
  }

  /** The index of the key in `words`; a new key is inserted. */
  place(key: Int32Array): number {
    const mask = this.#slots.length - 1;
    let at = this.#hash(key, 0) & mask;
    for (; this.#slots[at] !== 0; at = (at + 1) & mask) {
      const base = (this.#slots[at]! - 1) * this.#stride;
      if (this.#holds(base, key)) {
        return base;
      }
    }
    const base = this.size * this.#stride;
    this.words.set(key.subarray(0, this.keyWords), base);
    this.size += 1;
    this.#slots[at] = this.size;
    if (this.size * 2 >= this.#slots.length) {
      this.#grow();
    }
    return base;
  }

  #grow(): void {
    const words = new Int32Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.size; index++) {
      let at = this.#hash(words, index * this.#stride) & mask;
      while (this.#slots[at] !== 0) {
        at = (at + 1) & mask;
      }
      this.#slots[at] = index + 1;
    }
  }

  #holds(base: number, key: Int32Array): boolean {
    for (let i = 0; i < this.keyWords; i++) {
      if (this.words[base + i] !== key[i]) {
        return false;
      }
    }
    return true;
  }

  #hash(words: Int32Array, base: number): number {
    return this.keyWords === KEY_WORDS
      ? hashV6(this.#seed, words, base)
      : hashV4(this.#seed, words[base]!, words[base + 1]!, words[base + 2]!, words[base + 3]!);
  }
}

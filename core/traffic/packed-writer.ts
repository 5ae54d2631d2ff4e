const encoder = new TextEncoder();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Appends numbers and strings to a growing buffer, small ones in few bytes. {@link PackedReader} is its mirror. */
export class PackedWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** A whole number from 0 to 2^53 − 1: seven bits a byte, lowest first, the high bit says that more follows (LEB128). */
  number(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** As {@link number}, of any size. */
  count(value: bigint): void {
    let rest = value;
    while (rest > BigInt(Number.MAX_SAFE_INTEGER)) {
      this.#reserve(1);
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.number(Number(rest));
  }

  /** Milliseconds before or after 1970. */
  time(ms: number): void {
    this.number(ms < 0 ? -ms * 2 - 1 : ms * 2);
  }

  /** Text up to any length; a UUID in lower case takes 17 bytes instead of 37. */
  text(value: string): void {
    if (UUID.test(value)) {
      this.number(1);
      this.#raw(Buffer.from(value.replaceAll('-', ''), 'hex'));
      return;
    }
    const utf8 = encoder.encode(value);
    this.number(utf8.length * 2);
    this.#raw(utf8);
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

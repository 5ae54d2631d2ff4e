import { packedId } from './packed-ids.ts';

const MAX_NUMBER = BigInt(Number.MAX_SAFE_INTEGER);
const TWO_31 = 2 ** 31;
const UUID_LENGTH = 36;
/** Up to this many characters, text is copied one by one. */
const SHORT = 16;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Appends numbers and strings to a growing buffer, small ones in few bytes. {@link PackedReader} is its mirror. */
export class PackedWriter {
  #bytes: Buffer;
  #length = 0;

  readonly #compact: boolean;

  /** `compact`: ids of policies, boots and paths are packed too; releases before layout 5 can't read that. */
  constructor({ capacity = 1024, compact = false }: { capacity?: number; compact?: boolean } = {}) {
    this.#bytes = Buffer.allocUnsafe(capacity);
    this.#compact = compact;
  }

  /** A whole number from 0 to 2^53 − 1: seven bits a byte, lowest first, the high bit is set where more follow (LEB128). */
  number(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= TWO_31) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    // From here on it is a small integer for the machine too.
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** As {@link number}, of any size. */
  count(value: bigint): void {
    // Half of all counts: nothing of earlier boots.
    if (value === 0n) {
      this.number(0);
      return;
    }
    let rest = value;
    while (rest > MAX_NUMBER) {
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
    if (value.length === UUID_LENGTH && UUID.test(value)) {
      this.number(1);
      this.#reserve(16);
      this.#length += this.#bytes.write(value.replaceAll('-', ''), this.#length, 'hex');
      return;
    }
    const packed = this.#compact ? packedId(value) : undefined;
    if (packed) {
      this.number(packed.code);
      this.#reserve(packed.hex.length / 2);
      this.#length += this.#bytes.write(packed.hex, this.#length, 'hex');
      return;
    }
    const length = Buffer.byteLength(value);
    this.number(length * 2);
    this.#reserve(length);
    if (length === value.length && length <= SHORT) this.#ascii(value);
    else this.#length += this.#bytes.write(value, this.#length);
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  // A call into the machine's own code costs more than writing a few characters here.
  #ascii(value: string): void {
    for (let i = 0; i < value.length; i++) this.#bytes[this.#length++] = value.charCodeAt(i);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

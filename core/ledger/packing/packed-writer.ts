import { numberOf } from '../../totals/whole-number.ts';
import { formOf, UUID } from './packed-ids.ts';

const MAX_NUMBER = BigInt(Number.MAX_SAFE_INTEGER);
const TWO_28 = 2 ** 28;
const TWO_31 = 2 ** 31;
/** Up to this many characters, text is copied character by character. */
const SHORT = 32;

/**
 * Appends numbers and strings to a growing buffer, small ones in few bytes. {@link PackedReader}
 * reads them.
 */
export class PackedWriter {
  #bytes: Buffer;
  #length = 0;

  readonly #compact: boolean;

  /**
   * `compact`: packs ids of policies, boots and paths too; releases before layout 5 can't read
   * that.
   */
  constructor({ capacity = 1024, compact = false }: { capacity?: number; compact?: boolean } = {}) {
    this.#bytes = Buffer.allocUnsafe(capacity);
    this.#compact = compact;
  }

  /**
   * A whole number from 0 to 2^53 − 1: seven bits a byte, from the lowest up; the high bit is set
   * if more follow (LEB128).
   */
  number(value: number): void {
    this.#reserve(8);
    const bytes = this.#bytes;
    let at = this.#length;
    let rest = value;
    if (rest >= TWO_31) {
      // In two halves: each is a small integer for the engine.
      const high = Math.floor(value / TWO_28);
      const low = value - high * TWO_28;
      bytes[at++] = (low & 0x7f) | 0x80;
      bytes[at++] = ((low >>> 7) & 0x7f) | 0x80;
      bytes[at++] = ((low >>> 14) & 0x7f) | 0x80;
      bytes[at++] = (low >>> 21) | 0x80;
      rest = high;
    }
    while (rest > 0x7f) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#length = at;
  }

  /** Like {@link number}, of any size. */
  count(value: bigint): void {
    if (value <= MAX_NUMBER) {
      this.number(numberOf(value));
      return;
    }
    let rest = value;
    while (rest > MAX_NUMBER) {
      this.#reserve(1);
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.number(numberOf(rest));
  }

  /** Milliseconds before or after 1970. */
  time(ms: number): void {
    this.number(ms < 0 ? -ms * 2 - 1 : ms * 2);
  }

  /** Text of any length; a UUID in lower case has 17 bytes instead of 37. */
  text(value: string): void {
    const form = formOf(value);
    if (form && (this.#compact || form === UUID)) {
      this.number(form.code);
      this.#reserve(form.bytes);
      form.write(value, this.#bytes, this.#length);
      this.#length += form.bytes;
      return;
    }
    if (value.length <= SHORT && this.#ascii(value)) return;
    const length = Buffer.byteLength(value);
    this.number(length * 2);
    this.#reserve(length);
    this.#length += this.#bytes.write(value, this.#length);
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  // A call into native code costs more than writing a few characters here. False: some are not
  // ASCII, and nothing is written.
  #ascii(value: string): boolean {
    const { length } = value;
    for (let i = 0; i < length; i++) if (value.charCodeAt(i) > 0x7f) return false;
    this.number(length * 2);
    this.#reserve(length);
    for (let i = 0; i < length; i++) this.#bytes[this.#length++] = value.charCodeAt(i);
    return true;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

import { bigIntOf } from '../../totals/whole-number.ts';
import { formOfCode } from './packed-ids.ts';

/** Reads what {@link PackedWriter} wrote. Throws a RangeError if the bytes end too soon. */
export class PackedReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Uint8Array, from = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = from;
  }

  number(): number {
    const first = this.#bytes[this.#at];
    // Most numbers have one byte.
    if (first !== undefined && first < 0x80) {
      this.#at++;
      return first;
    }
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  count(): bigint {
    if (this.#bytes[this.#at] === 0) {
      this.#at++;
      return 0n;
    }
    let low = 0;
    // Seven groups of seven bits are exact as a number. More are rare and need a BigInt.
    for (let group = 0, scale = 1; group < 7; group++, scale *= 0x80) {
      const byte = this.#byte();
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return bigIntOf(low);
    }
    let value = bigIntOf(low);
    for (let shift = 49n; ; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  time(): number {
    const value = this.number();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  text(): string {
    const head = this.number();
    if (head % 2 === 1) {
      const form = formOfCode(head);
      if (!form) throw new RangeError(`packed data has an id of form ${head}`);
      return form.read(this.#bytes, this.#skip(form.bytes));
    }
    return this.#utf8(head / 2);
  }

  /** True once all bytes are read. */
  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError('packed data ends too soon');
    return byte;
  }

  #utf8(length: number): string {
    const from = this.#skip(length);
    if (length > SHORT) return this.#bytes.toString('utf8', from, this.#at);
    let text = '';
    for (let i = from; i < this.#at; i++) {
      const byte = this.#bytes[i]!;
      if (byte > 0x7f) return this.#bytes.toString('utf8', from, this.#at);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** Skips `length` bytes and returns their start. */
  #skip(length: number): number {
    const from = this.#at;
    if (from + length > this.#bytes.length) throw new RangeError('packed data ends too soon');
    this.#at += length;
    return from;
  }
}

/** Up to this many bytes, text is assembled here: a call into native code costs more. */
const SHORT = 8;

import type { PackedReader } from './packed-reader.ts';
import type { PackedWriter } from './packed-writer.ts';

/** Every distinct string once, in the order of first use; packed data then holds its small number. */
export class StringTable {
  readonly #numbers = new Map<string, number>();
  readonly #strings: string[] = [];

  static read(input: PackedReader): StringTable {
    const table = new StringTable();
    for (let left = input.number(); left > 0; left--) table.add(input.text());
    return table;
  }

  /** The string's number, a new one at its first use. */
  add(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#strings.length);
    return this.#strings.push(text) - 1;
  }

  at(number: number): string {
    const text = this.#strings[number];
    if (text === undefined)
      throw new RangeError(`packed data names string ${number} of ${this.#strings.length}`);
    return text;
  }

  write(out: PackedWriter): void {
    out.number(this.#strings.length);
    for (const text of this.#strings) out.text(text);
  }
}

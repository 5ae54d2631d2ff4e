import type { PackedReader } from './packed-reader.ts';
import type { PackedWriter } from './packed-writer.ts';

/** Every distinct string once, in the order of first use; packed data then holds its small number. */
export class StringTable {
  readonly #numbers = new Map<string, number>();
  readonly #strings: string[] = [];

  /** The string's number, a new one at its first use. */
  add(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#strings.length);
    return this.#strings.push(text) - 1;
  }

  write(out: PackedWriter): void {
    out.number(this.#strings.length);
    for (const text of this.#strings) out.text(text);
  }
}

/** The strings that {@link StringTable.write} wrote. */
export function readStrings(input: PackedReader): string[] {
  const strings: string[] = [];
  for (let left = input.number(); left > 0; left--) strings.push(input.text());
  return strings;
}

/** The string that packed data names by its number. */
export function readString(input: PackedReader, strings: readonly string[]): string {
  const number = input.number();
  const text = strings[number];
  if (text === undefined) throw new RangeError(`packed data names string ${number} of ${strings.length}`);
  return text;
}

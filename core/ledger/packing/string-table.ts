import { IdNumbers } from '../../totals/id-numbers.ts';
import type { PackedReader } from './packed-reader.ts';
import type { PackedWriter } from './packed-writer.ts';

/** Shared by all tables, since only one is filled at a time. */
const numbers = new IdNumbers();

/**
 * Every distinct string once, in the order of first use; packed data then holds its small number.
 * One table at a time.
 */
export class StringTable {
  readonly #strings: string[] = [];

  constructor() {
    numbers.begin();
  }

  /** The string's number, a new one at its first use. */
  add(text: string): number {
    const number = numbers.numberOf(text);
    if (number === this.#strings.length) this.#strings.push(text);
    return number;
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

import { IdNumbers } from '../../totals/id-numbers.ts';
import type { PackedReader } from './packed-reader.ts';
import type { PackedWriter } from './packed-writer.ts';

/** Shared by all tables: a table is filled before the next one begins. */
const numbers = new IdNumbers();

/**
 * Holds every distinct string once, in the order of use; packed data then has its small number.
 * Fill one table before the next one begins.
 */
export class StringTable {
  readonly #strings: string[] = [];

  constructor() {
    numbers.begin();
  }

  /** The string's number; a new string gets the next one. */
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

/** Reads the strings that {@link StringTable.write} wrote. */
export function readStrings(input: PackedReader): string[] {
  const strings: string[] = [];
  for (let left = input.number(); left > 0; left--) strings.push(input.text());
  return strings;
}

/** Reads a string that packed data names by its number. */
export function readString(input: PackedReader, strings: readonly string[]): string {
  const number = input.number();
  const text = strings[number];
  if (text === undefined) throw new RangeError(`packed data names string ${number} of ${strings.length}`);
  return text;
}

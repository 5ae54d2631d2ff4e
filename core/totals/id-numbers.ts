/** Strings that are remembered; ids come from outside, and may be of any number. */
const MAX_REMEMBERED = 20_000;

/**
 * Numbers the different strings of a list in the order of their first use, one list after another.
 * What was in a list before needs no memory and no search of its own: this runs for each id of each
 * report. Not for two lists at once.
 */
export class IdNumbers {
  readonly #known = new Map<string, { list: number; number: number }>();
  #list = 0;
  #size = 0;

  /** Begins with a new list. */
  begin(): void {
    this.#list++;
    this.#size = 0;
    if (this.#known.size > MAX_REMEMBERED) this.#known.clear();
  }

  /** The string's number in this list; a new one, which is the `size` before, at its first use. */
  numberOf(id: string): number {
    const known = this.#known.get(id);
    if (known?.list === this.#list) return known.number;
    const number = this.#size++;
    if (known) {
      known.list = this.#list;
      known.number = number;
    } else {
      this.#known.set(id, { list: this.#list, number });
    }
    return number;
  }

  /** How many different strings the list has so far. */
  get size(): number {
    return this.#size;
  }
}

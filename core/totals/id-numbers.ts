/** Limit of remembered strings: ids come from outside, in any number. */
const MAX_REMEMBERED = 20_000;

/**
 * Numbers the distinct strings of a list in the order of their use, one list after another. A
 * string of an earlier list needs no allocation: this runs for each id of each report. One list
 * must end before the next one begins.
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

  /** The string's number in this list; a new string gets the list's size before it. */
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

  /** The number of distinct strings in the list so far. */
  get size(): number {
    return this.#size;
  }
}

import { ENTRY_DOUBLES, LAST_DOUBLE } from './flow-entry.ts';

/** The share of the flows that is sorted at a time. */
const ORDERED_SHARE = 8;

/** The parts of a flow table that the order reads. */
interface Entries {
  readonly size: number;
  readonly places: number;
  readonly doubles: Float64Array;
  isFree(entry: number): boolean;
}

/**
 * Finds the entry of a flow table that is idle the longest, cheaply in a flood of new flows and
 * without any work for a packet: the oldest entries are sorted, some at a time. An entry that had a
 * packet since then is skipped, because it is younger than all sorted ones.
 */
export class IdleOrder {
  readonly #table: Entries;
  #entries = new Int32Array(0);
  #last = new Float64Array(0);
  #next = 0;
  /**
   * Place in the order, plus 1, by entry; 0 for entries that aren't in it. Empty while there is no
   * order.
   */
  #placeOf = new Int32Array(0);

  constructor(table: Entries) {
    this.#table = table;
  }

  /** The entry whose last packet is the oldest. The table must not be empty. */
  longest(): number {
    for (;;) {
      for (; this.#next < this.#entries.length; this.#next++) {
        const entry = this.#entries[this.#next]!;
        if (entry >= 0 && this.#lastOf(entry) === this.#last[this.#next]) {
          return entry;
        }
      }
      this.#order();
    }
  }

  /** To be called when the table has other places. */
  clear(): void {
    this.#entries = new Int32Array(0);
    this.#next = 0;
    this.#placeOf = new Int32Array(0);
  }

  /** To be called when the entry at `from` has moved to `to`, in place of a removed one. */
  moved(from: number, to: number): void {
    this.forget(to);
    const place = this.#placeOf[from];
    if (place) {
      this.#placeOf[from] = 0;
      this.#placeOf[to] = place;
      this.#entries[place - 1] = to;
    }
  }

  /** To be called when an entry was removed. */
  forget(entry: number): void {
    const place = this.#placeOf[entry];
    if (place) {
      this.#placeOf[entry] = 0;
      this.#entries[place - 1] = -1;
    }
  }

  #order(): void {
    const taken = new Int32Array(this.#table.size);
    let count = 0;
    for (let entry = 0; entry < this.#table.places; entry++) {
      if (!this.#table.isFree(entry)) {
        taken[count++] = entry;
      }
    }
    const ages = Float64Array.from(taken, entry => this.#lastOf(entry)).sort();
    const limit = ages[Math.floor((count - 1) / ORDERED_SHARE)]!;
    this.#entries = taken
      .filter(entry => this.#lastOf(entry) <= limit)
      .sort((a, b) => this.#lastOf(a) - this.#lastOf(b));
    this.#last = Float64Array.from(this.#entries, entry => this.#lastOf(entry));
    this.#placeOf = new Int32Array(this.#table.places);
    for (const [place, entry] of this.#entries.entries()) {
      this.#placeOf[entry] = place + 1;
    }
    this.#next = 0;
  }

  #lastOf(entry: number): number {
    return this.#table.doubles[entry * ENTRY_DOUBLES + LAST_DOUBLE]!;
  }
}

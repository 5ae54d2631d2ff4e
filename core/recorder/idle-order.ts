import { ENTRY_DOUBLES, LAST_DOUBLE } from './flow-entry.ts';

/** The share of the flows that is put in order at a time. */
const ORDERED_SHARE = 8;

/** What the order has to know of a flow table. */
interface Entries {
  readonly size: number;
  readonly places: number;
  readonly doubles: Float64Array;
  isFree(entry: number): boolean;
}

/**
 * Finds the entry of a flow table that is idle the longest, cheaply in a flood of new flows and
 * without any work for a packet: the oldest entries are put in order some at a time, and one that
 * had a packet since then is passed by, because it is younger than all that were in order.
 */
export class IdleOrder {
  readonly #table: Entries;
  #entries = new Int32Array(0);
  #last = new Float64Array(0);
  #next = 0;
  /**
   * Place in the order, plus 1, by entry; 0 for those that aren't in it. Empty while there is no
   * order.
   */
  #placeOf = new Int32Array(0);

  constructor(table: Entries) {
    this.#table = table;
  }

  /** The entry whose last packet is the oldest. There must be one. */
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

  /** The table has other places now. */
  clear(): void {
    this.#entries = new Int32Array(0);
    this.#next = 0;
    this.#placeOf = new Int32Array(0);
  }

  /** The entry at `from` is at `to` now, in the place of one that went. */
  moved(from: number, to: number): void {
    this.forget(to);
    const place = this.#placeOf[from];
    if (place) {
      this.#placeOf[from] = 0;
      this.#placeOf[to] = place;
      this.#entries[place - 1] = to;
    }
  }

  /** The entry went. */
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

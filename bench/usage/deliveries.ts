import type { Delivery } from './listening-edges.ts';

/**
 * A queue of deliveries by time; deliveries of the same time are in the order in which they were
 * added.
 */
export class Deliveries {
  readonly #due: Delivery[] = [];

  add(delivery: Delivery): void {
    let low = 0;
    let high = this.#due.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#due[middle]!.at <= delivery.at) low = middle + 1;
      else high = middle;
    }
    this.#due.splice(low, 0, delivery);
  }

  /** Removes the first delivery that is due before an instant. */
  before(instant: number): Delivery | undefined {
    return this.#due[0] && this.#due[0].at < instant ? this.#due.shift() : undefined;
  }
}

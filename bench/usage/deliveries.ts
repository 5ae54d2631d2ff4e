import type { Delivery } from './listening-edges.ts';

/**
 * What is due, in the order of its instants; what is due at the same instant in the order in which
 * it was added.
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

  /** Takes the first one that is due before an instant. */
  before(instant: number): Delivery | undefined {
    return this.#due[0] && this.#due[0].at < instant ? this.#due.shift() : undefined;
  }
}

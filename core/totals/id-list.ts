/**
 * Ids in the order in which they were added, each once. Its look-ups take the same time at any
 * length.
 */
export class IdList {
  readonly ids: string[] = [];
  readonly #indexes = new Map<string, number>();

  /** Undefined for an id that is not in the list. */
  indexOf(id: string): number | undefined {
    return this.#indexes.get(id);
  }

  /** The index of an id, which is added if it is new. */
  add(id: string): number {
    const known = this.#indexes.get(id);
    if (known !== undefined) return known;
    this.#indexes.set(id, this.ids.length);
    return this.ids.push(id) - 1;
  }
}

import type { StoreContext } from './store-context.ts';

/** How long what was read is kept, milliseconds. */
const KEPT_MS = 1000;

/**
 * Keeps what was read last, for a second at most. Only a reader that names a version gets it, and only while it is of that
 * version or a newer one; every other reading is made anew.
 */
export class VersionedMemory<T extends { version: number }> {
  #kept: { value: T; begun_ms: number } | undefined;
  readonly #read: (context: StoreContext) => Promise<T>;

  /** `read` reads strongly; what it gives is at least as new as its version. */
  constructor(read: (context: StoreContext) => Promise<T>) {
    this.#read = read;
  }

  /** Undefined and NaN name no version. */
  async read(context: StoreContext, at_least: number | undefined): Promise<T> {
    const begun_ms = context.clock();
    const kept = this.#kept;
    const age = kept ? begun_ms - kept.begun_ms : Number.POSITIVE_INFINITY;
    if (kept && at_least !== undefined && kept.value.version >= at_least && age >= 0 && age < KEPT_MS) {
      return kept.value;
    }
    const value = await this.#read(context);
    this.#kept = { value, begun_ms };
    return value;
  }
}

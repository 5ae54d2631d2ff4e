import type { StoreContext } from './store-context.ts';

/** How long what was read is good without a look at its version, milliseconds. */
const CHECKED_MS = 1000;

/** What a memory reads, strongly. */
export interface VersionedSource<T> {
  /** The version that there is now. */
  readVersion(context: StoreContext): Promise<number>;
  /** All of it: at least as new as the version that it has. */
  read(context: StoreContext): Promise<T>;
}

/**
 * Keeps what was read last, and looks each second whether that is still the newest version. Only a
 * reader that names a version gets it, and only while it is of that version or a newer one; every
 * other reading is made anew.
 */
export class VersionedMemory<T extends { version: number }> {
  #kept: { value: T; checked_ms: number } | undefined;
  readonly #source: VersionedSource<T>;

  constructor(source: VersionedSource<T>) {
    this.#source = source;
  }

  /** Undefined and NaN name no version. */
  async read(context: StoreContext, at_least: number | undefined): Promise<T> {
    const checked_ms = context.clock();
    const kept = this.#kept;
    if (kept && at_least !== undefined && kept.value.version >= at_least) {
      const age = checked_ms - kept.checked_ms;
      if (age >= 0 && age < CHECKED_MS) return kept.value;
      if ((await this.#source.readVersion(context)) === kept.value.version) {
        this.#kept = { value: kept.value, checked_ms };
        return kept.value;
      }
    }
    const value = await this.#source.read(context);
    this.#kept = { value, checked_ms };
    return value;
  }
}

import type { StoreContext } from './store-context.ts';

/** How long a value is used without a check of its version, milliseconds. */
const CHECKED_MS = 1000;

/** The source of a memory. Its reads are strongly consistent. */
export interface VersionedSource<T> {
  /** Reads the present version. */
  readVersion(context: StoreContext): Promise<number>;
  /** Reads the value, which is at least as new as the version in it. */
  read(context: StoreContext): Promise<T>;
}

/**
 * Remembers the last value, and checks each second whether its version is still the present one. A
 * reader that names a version gets the remembered value if it has that version or a newer one.
 * Every other reader reads again.
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

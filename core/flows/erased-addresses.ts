import { canonicalAddress } from './canonical-address.ts';

/** Which lines of the log are gone, though an object may still hold them. */
export class ErasedAddresses {
  /** By canonical address: lines that arrived before it are gone, milliseconds since the epoch. */
  readonly #before = new Map<string, number>();

  constructor(erasures: Iterable<{ address: string; requested_ms: number }>) {
    for (const { address, requested_ms } of erasures) {
      this.#before.set(address, Math.max(requested_ms, this.#before.get(address) ?? 0));
    }
  }

  /** The latest request: nothing that arrived from then on is gone. 0 without any. */
  get latest_ms(): number {
    return Math.max(0, ...this.#before.values());
  }

  has({ src, dst }: { src: string; dst: string }, arrived_ms: number): boolean {
    if (this.#before.size === 0) return false;
    return this.#covers(src, arrived_ms) || this.#covers(dst, arrived_ms);
  }

  #covers(text: string, arrived_ms: number): boolean {
    const before = this.#before.get(canonicalAddress(text));
    return before !== undefined && arrived_ms < before;
  }
}

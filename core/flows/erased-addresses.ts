import { canonicalAddress } from './canonical-address.ts';

/** Decides which lines of the log are erased, although an object may still contain them. */
export class ErasedAddresses {
  /**
   * By canonical address: lines that arrived before this time are erased, milliseconds since the
   * epoch.
   */
  readonly #before = new Map<string, number>();

  constructor(erasures: Iterable<{ address: string; requested_ms: number }>) {
    for (const { address, requested_ms } of erasures) {
      this.#before.set(address, Math.max(requested_ms, this.#before.get(address) ?? 0));
    }
  }

  /**
   * Time of the latest request: no line that arrived from then on is erased. 0 without requests.
   */
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

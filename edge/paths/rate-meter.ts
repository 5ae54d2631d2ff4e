import type { PathCounts } from '../../core/totals/path-counts.ts';

type Bytes = Pick<PathCounts, 'tx_bytes' | 'rx_bytes'>;

/**
 * Minimum time for a rate: over a shorter time, a few packets that arrive together would look like
 * a high rate.
 */
const SHORTEST_MS = 1000;

/** Samples a path's totals and remembers the highest rate. */
export class RateMeter {
  #before: (Bytes & { at_ms: number }) | undefined;
  #highest = 0;

  /**
   * Highest rate in Mbit/s, in the direction with more traffic, between two samples that are at
   * least a second apart.
   */
  highestMbps({ tx_bytes, rx_bytes }: Bytes, now: number): number {
    const before = this.#before;
    const passed_ms = before ? now - before.at_ms : Number.NaN;
    if (passed_ms >= 0 && passed_ms < SHORTEST_MS) return this.#highest;
    if (before && passed_ms > 0) {
      const sent = Number(tx_bytes - before.tx_bytes);
      const received = Number(rx_bytes - before.rx_bytes);
      const mbps = (Math.max(sent, received) * 8) / passed_ms / 1000;
      this.#highest = Math.max(this.#highest, Math.round(mbps * 1000) / 1000);
    }
    this.#before = { tx_bytes, rx_bytes, at_ms: now };
    return this.#highest;
  }
}

import type { PathCounts } from '../../core/traffic/lane.ts';

type Bytes = Pick<PathCounts, 'tx_bytes' | 'rx_bytes'>;

/** Looks at a path's totals now and then, and remembers the highest rate that they grew with. */
export class RateMeter {
  #before: (Bytes & { at_ms: number }) | undefined;
  #highest = 0;

  /** Megabits a second, in the direction that carried more, over the time between two looks. */
  highestMbps({ tx_bytes, rx_bytes }: Bytes, now: number): number {
    const before = this.#before;
    if (now === before?.at_ms) return this.#highest;
    if (before && now > before.at_ms) {
      const sent = Number(tx_bytes - before.tx_bytes);
      const received = Number(rx_bytes - before.rx_bytes);
      const mbps = (Math.max(sent, received) * 8) / (now - before.at_ms) / 1000;
      this.#highest = Math.max(this.#highest, Math.round(mbps * 1000) / 1000);
    }
    this.#before = { tx_bytes, rx_bytes, at_ms: now };
    return this.#highest;
  }
}

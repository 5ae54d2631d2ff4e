import { LOSS_PACKETS, LOST_IN_A_ROW } from '../../core/routing/health/judged-loss.ts';
import type { ProbeOutcome } from '../probe/probe-outcome.ts';

type Counts = Pick<ProbeOutcome, 'sent' | 'received'>;

/** The loss of a path over its last 100 packets. */
export class LossWindow {
  #recent: Counts[] = [];
  #lostInARow = 0;

  /**
   * Adds a series of probes.
   * @returns the loss over the last 100 packets, 0 to 100; while there are fewer, missing ones
   * count as received. 20 lost packets in a row count alone
   */
  add({ sent, received }: Counts): number {
    this.#lostInARow = received === 0 ? this.#lostInARow + sent : 0;
    if (this.#lostInARow >= LOST_IN_A_ROW) {
      this.#recent = [];
      return 100;
    }
    this.#recent.push({ sent, received });
    while (sum(this.#recent.slice(1), one => one.sent) >= LOSS_PACKETS) this.#recent.shift();
    const lost = sum(this.#recent, one => one.sent - one.received);
    return (
      (100 * lost) /
      Math.max(
        LOSS_PACKETS,
        sum(this.#recent, one => one.sent),
      )
    );
  }
}

function sum(series: readonly Counts[], figure: (one: Counts) => number): number {
  return series.reduce((total, one) => total + figure(one), 0);
}

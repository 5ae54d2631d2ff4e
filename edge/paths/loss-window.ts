import type { ProbeOutcome } from '../probe/probe-outcome.ts';

type Counts = Pick<ProbeOutcome, 'sent' | 'received'>;

/** Probes that a loss is told from: with 20 packets each, one lost packet is 1 % and not 5 %. */
const PROBES = 5;

/** The loss of a path over its last probes. */
export class LossWindow {
  #recent: Counts[] = [];

  /** Adds a probe, and answers the loss over it and those before, 0 to 100. One that nothing came back of stands alone: it is no noise. */
  add({ sent, received }: Counts): number {
    if (received === 0) {
      this.#recent = [];
      return 100;
    }
    this.#recent = [...this.#recent, { sent, received }].slice(-PROBES);
    const all = this.#recent.reduce((sum, one) => sum + one.sent, 0);
    const lost = this.#recent.reduce((sum, one) => sum + one.sent - one.received, 0);
    return (100 * lost) / all;
  }
}

import type { EdgePath } from '../../core/routing/edge-routes.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';

/** Number of intervals without a probe after which a peer is silent. */
const SILENT_AFTER_INTERVALS = 3;

/** The peers that have probed this edge recently, by the source addresses of their probes. */
export class HeardProbes {
  readonly #heard = new Map<string, number>();
  readonly #clock: Clock;
  readonly #silent_after_ms: number;

  constructor({ interval_ms, clock = systemClock }: { interval_ms: number; clock?: Clock }) {
    this.#clock = clock;
    this.#silent_after_ms = SILENT_AFTER_INTERVALS * interval_ms;
  }

  /** Records a probe. */
  hear(address: string): void {
    this.#heard.delete(plain(address));
    this.#heard.set(plain(address), this.#clock());
    // Anyone can send probes, so the number of remembered senders is limited to the peers that a
    // hub can have.
    if (this.#heard.size > 10_000) this.#heard.delete(this.#heard.keys().next().value!);
  }

  /** Whether a peer has probed within the last three intervals. */
  isProbing(address: string | undefined): boolean {
    if (address === undefined) return false;
    const age = this.#clock() - (this.#heard.get(plain(address)) ?? Number.NEGATIVE_INFINITY);
    return age >= 0 && age < this.#silent_after_ms;
  }
}

/**
 * Whether the edges of a site are responsible for probing a path: those at its source are. Edges at
 * the other end answer, and probe it themselves while no probes arrive.
 */
export function ownsProbing({ path_id }: Pick<EdgePath, 'path_id'>, site_id: string): boolean {
  return path_id.startsWith(`${site_id}.`);
}

/** IPv4 addresses have the form `::ffff:192.0.2.1` if one socket serves both families. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase();
}

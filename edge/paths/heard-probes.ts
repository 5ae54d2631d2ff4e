import type { EdgePath } from '../../core/routing/edge-routes.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';

/** A peer that has not probed for so many intervals is silent. */
const SILENT_AFTER_INTERVALS = 3;

/** Which peers have probed this edge lately, by the addresses that their probes came from. */
export class HeardProbes {
  readonly #heard = new Map<string, number>();
  readonly #clock: Clock;
  readonly #silent_after_ms: number;

  constructor({ interval_ms, clock = systemClock }: { interval_ms: number; clock?: Clock }) {
    this.#clock = clock;
    this.#silent_after_ms = SILENT_AFTER_INTERVALS * interval_ms;
  }

  /** A probe came in. */
  hear(address: string): void {
    this.#heard.delete(plain(address));
    this.#heard.set(plain(address), this.#clock());
    // Anyone may send probes: only as many senders are remembered as a hub may have peers.
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
 * Whether the edges of a site own the probing of a path: those at its source do. Those at the other
 * end answer, and probe it themselves while no probe comes.
 */
export function ownsProbing({ path_id }: Pick<EdgePath, 'path_id'>, site_id: string): boolean {
  return path_id.startsWith(`${site_id}.`);
}

/** IPv4 addresses come as `::ffff:192.0.2.1` where one socket serves both families. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase();
}

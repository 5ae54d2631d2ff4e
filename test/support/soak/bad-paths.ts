import { fnv1a } from '../../../core/hash.ts';
import { conditionsBetween } from '../../../edge/simulation/path-conditions.ts';
import type { Scenario } from '../../../edge/simulation/scenario.ts';

/** The time for which a path is bad. */
const EPISODE_MS = 60_000;
/** One of this number of pairs of addresses is bad at a time. */
const ONE_IN = 10;

const BAD = { latency_ms: 900, jitter_ms: 120, packet_loss_pct: 60 };

/**
 * Paths turn bad for a minute of the clock, others in the next one: policies leave them and return.
 */
export function badPaths(seed: number): Scenario {
  return {
    conditions(address, other, now_ms) {
      const pair = [address, other].sort().join(' ');
      const isBad = fnv1a(`${seed} ${pair} ${Math.floor(now_ms / EPISODE_MS)}`) % ONE_IN === 0;
      return { ...conditionsBetween(address, other), ...(isBad && BAD) };
    },
    isSilent: () => false,
  };
}

import { conditionsBetween } from '../../edge/simulation/path-conditions.ts';
import { seededRandom } from '../../edge/simulation/random.ts';
import type { Scenario } from '../../edge/simulation/scenario.ts';
import { DEMO_SITES, type DemoSite } from './demo-sites.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A recurring event: it starts after `first_ms`, recurs every `every_ms`, and lasts `lasts_ms`. */
interface Episode {
  first_ms: number;
  every_ms: number;
  lasts_ms: number;
}

/** Long enough for policies to leave the path and to return to it. */
const DEGRADATION: Episode = { first_ms: 2 * MINUTE, every_ms: 15 * MINUTE, lasts_ms: 4 * MINUTE };
/** Time in which a degradation builds up and fades. */
const RAMP_MS = 30 * SECOND;

/** An edge counts as silent after five minutes. */
const SILENCE: Episode = { first_ms: 5 * MINUTE, every_ms: 30 * MINUTE, lasts_ms: 8 * MINUTE };

/** Values that are added to those of a degraded path. */
const WORSE = { latency_ms: 220, jitter_ms: 25, packet_loss_pct: 9 };

/** The line from Lisbon to the data centre degrades; the edge at the port falls silent. */
const [, DATA_CENTRE, BRANCH] = DEMO_SITES as [DemoSite, DemoSite, DemoSite];
export const DEGRADING = [DATA_CENTRE, BRANCH].map(({ endpoints }) => endpoints[0]!.address);
export const FALLS_SILENT = DEMO_SITES.at(-1)!.edge_id;

/** The events of the demo, from its start; the seed shifts them by up to a minute. */
export function demoScenario({ seed, began_ms }: { seed: number; began_ms: number }): Scenario {
  const shift_ms = seededRandom(`${seed}/scenario`).next() * MINUTE;
  const elapsed = (now_ms: number) => now_ms - began_ms - shift_ms;
  return {
    conditions(address, other, now_ms) {
      const usual = conditionsBetween(address, other);
      if (!DEGRADING.includes(address) || !DEGRADING.includes(other)) return usual;
      const share = severity(intoEpisode(DEGRADATION, elapsed(now_ms)));
      return {
        ...usual,
        latency_ms: usual.latency_ms + share * WORSE.latency_ms,
        jitter_ms: usual.jitter_ms + share * WORSE.jitter_ms,
        packet_loss_pct: usual.packet_loss_pct + share * WORSE.packet_loss_pct,
      };
    },
    isSilent: (edge_id, now_ms) =>
      edge_id === FALLS_SILENT && intoEpisode(SILENCE, elapsed(now_ms)) !== undefined,
  };
}

/** The time since an episode's start; undefined: there is none now. */
function intoEpisode({ first_ms, every_ms, lasts_ms }: Episode, elapsed_ms: number): number | undefined {
  if (elapsed_ms < first_ms) return undefined;
  const into = (elapsed_ms - first_ms) % every_ms;
  return into < lasts_ms ? into : undefined;
}

/** 0 to 1. */
function severity(into_ms: number | undefined): number {
  if (into_ms === undefined) return 0;
  return Math.min(1, into_ms / RAMP_MS, (DEGRADATION.lasts_ms - into_ms) / RAMP_MS);
}

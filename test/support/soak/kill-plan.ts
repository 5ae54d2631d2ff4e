import { seededRandom } from '../random.ts';

/** The kind of a kill, and the average time between two of them, seconds. */
export const KILL_KINDS = ['functions', 'edges', 'engines', 'system'] as const;
export type KillKind = (typeof KILL_KINDS)[number];
export type KillPace = Partial<Record<KillKind, number>>;

/** So rare that the system is up most of the time: it takes seconds to start. */
export const USUAL_PACE: Required<KillPace> = { functions: 3, edges: 20, engines: 180, system: 120 };

export interface PlannedKill {
  at_ms: number;
  kind: KillKind;
  /** Chooses one of the existing processes. */
  pick: number;
}

export interface KillPlanOptions {
  seed: number;
  duration_ms: number;
  pace: KillPace;
  /**
   * From here on the system, its containers and its engines are not killed, so that their memory
   * can be watched.
   */
  calm_ms: number;
}

/** The kills and their times, from the seed only. */
export function planKills({ seed, duration_ms, pace, calm_ms }: KillPlanOptions): PlannedKill[] {
  return KILL_KINDS.flatMap((kind, index) => {
    const mean_s = pace[kind];
    if (mean_s === undefined) return [];
    const random = seededRandom(seed * 10 + index);
    const end_ms = kind === 'edges' ? duration_ms : calm_ms;
    const kills: PlannedKill[] = [];
    // Intervals between independent events.
    const pause = () => -Math.log(1 - random.next()) * mean_s * 1000;
    for (let at_ms = pause(); at_ms < end_ms; at_ms += pause()) {
      kills.push({ at_ms: Math.round(at_ms), kind, pick: random.below(1_000_000) });
    }
    return kills;
  }).sort((a, b) => a.at_ms - b.at_ms);
}

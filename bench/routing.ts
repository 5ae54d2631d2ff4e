import type { PathCandidate } from '../core/routing/choice/choose-path.ts';
import type { PathPreference } from '../core/routing/choice/path-preference.ts';
import { makeDecision } from '../core/routing/choice/routing-decision.ts';
import type { BenchRow } from './bench-row.ts';
import { nanosecondsPerCall } from './support/nanoseconds-per-call.ts';

const PATHS = 100;
/** A decision ranks by health and five weighted figures, and gives the reason in words. */
const MAX_RATIO = 5;

const custom: PathPreference = {
  kind: 'CUSTOM',
  weights: { latency: 3, jitter: 2, loss: 4, bandwidth: 1, cost: 1 },
};

/** A decision among 100 paths, by the most expensive preference. */
export async function run(): Promise<BenchRow[]> {
  const candidates = Array.from({ length: PATHS }, (_, index) => candidate(index));
  const now = Date.now();
  const ns = nanosecondsPerCall(() => makeDecision(candidates, { preference: custom, now }).reason.length);
  const sorted = nanosecondsPerCall(() => candidates.toSorted(byLatency)[0]!.path_id.length);
  const [value, peer_value] = [ns / 1000, sorted / 1000];
  const ratio = value / peer_value;
  return [
    {
      name: `routing decision among ${PATHS} paths`,
      value,
      unit: 'µs',
      peer: 'sorting the same paths by latency',
      peer_value,
      ratio,
      threshold: `ratio <= ${MAX_RATIO}`,
      ok: ratio <= MAX_RATIO,
      note: 'custom weights, health of each path and the reason in words included',
    },
  ];
}

function byLatency(a: PathCandidate, b: PathCandidate): number {
  return a.metrics!.latency_ms - b.metrics!.latency_ms;
}

function candidate(index: number): PathCandidate {
  return {
    path_id: `p-${index}`,
    cost_per_gb: (index % 7) / 100,
    out: index % 17 === 0,
    metrics: {
      latency_ms: 10 + ((index * 37) % 250),
      jitter_ms: (index * 13) % 40,
      packet_loss_pct: ((index * 7) % 30) / 10,
      bandwidth_mbps: 100 + ((index * 53) % 900),
      measured_at: '2026-01-31T12:00:00.000Z',
    },
  };
}

import { fnv1a } from '../../core/hash.ts';
import type { ProbeAnswer } from '../probe/probe-outcome.ts';

/** Properties of a simulated path: about constant, and the same from both ends. */
export interface PathConditions {
  latency_ms: number;
  jitter_ms: number;
  packet_loss_pct: number;
  bandwidth_mbps: number;
}

const CAPACITIES_MBPS = [50, 100, 200, 500, 1000] as const;

/** The conditions between two addresses, in either order. */
export function conditionsBetween(address: string, other: string): PathConditions {
  const hash = fnv1a([address, other].sort().join(' '));
  return {
    latency_ms: 5 + (hash % 60),
    jitter_ms: 0.2 + ((hash >>> 8) % 20) / 10,
    // Of 100 probes two lost make a path degraded: more loss would raise alarms all the time.
    packet_loss_pct: ((hash >>> 16) % 30) / 1000,
    bandwidth_mbps: CAPACITIES_MBPS[(hash >>> 21) % CAPACITIES_MBPS.length]!,
  };
}

const PROBES = 20;

/**
 * The measurement of a simulated edge under these conditions, because there is no real other end.
 */
export function simulatedProbe(
  { latency_ms, jitter_ms, packet_loss_pct }: PathConditions,
  random = Math.random,
  now = Date.now,
): ProbeAnswer {
  let lost = 0;
  for (let probe = 0; probe < PROBES; probe++) if (random() < packet_loss_pct / 100) lost += 1;
  return {
    method: 'UDP_ECHO',
    sent: PROBES,
    received: PROBES - lost,
    latency_ms: latency_ms + 2 * random(),
    jitter_ms: jitter_ms + 0.2 * random(),
    measured_at: new Date(now()).toISOString(),
    error: null,
  };
}

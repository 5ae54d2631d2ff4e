import { fnv1a } from '../../core/hash.ts';
import type { ProbeAnswer } from '../commands/edge-api.ts';

const PROBES = 20;

/**
 * What a simulated edge measures on the way to an address: made up, but always about the same for the same address. There is
 * nothing at the other end that could send a packet back.
 */
export function simulatedProbe(target: string, random = Math.random, now = Date.now): ProbeAnswer {
  const hash = fnv1a(target);
  const latency_ms = 5 + (hash % 60) + 2 * random();
  return {
    method: 'UDP_ECHO',
    sent: PROBES,
    received: PROBES - (random() < 0.02 ? 1 : 0),
    latency_ms,
    jitter_ms: 0.2 + ((hash >>> 8) % 20) / 10 + 0.2 * random(),
    measured_at: new Date(now()).toISOString(),
    error: null,
  };
}

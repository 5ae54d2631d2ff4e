/** What a series of probes found. Times in milliseconds. */
export interface ProbeOutcome {
  sent: number;
  received: number;
  /** Median round trip; how long was waited where nothing came back. */
  latency_ms: number;
  /** Mean difference between successive round trips. */
  jitter_ms: number;
}

/** Sums up round trips in the order in which the probes were sent; lost ones are undefined. */
export function outcomeOf(trips: readonly (number | undefined)[], waited_ms: number): ProbeOutcome {
  const answered = trips.filter(trip => trip !== undefined);
  const differences = answered.slice(1).map((trip, index) => Math.abs(trip - answered[index]!));
  return {
    sent: trips.length,
    received: answered.length,
    latency_ms: answered.length === 0 ? waited_ms : median(answered),
    jitter_ms:
      differences.length === 0 ? 0 : differences.reduce((sum, one) => sum + one, 0) / differences.length,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** What an edge answers to a probe; see reportProbe in the schema. */
export interface ProbeAnswer {
  method: 'UDP_ECHO' | 'TCP_CONNECT' | null;
  sent: number;
  received: number;
  latency_ms: number | null;
  jitter_ms: number | null;
  measured_at: string | null;
  error: string | null;
}

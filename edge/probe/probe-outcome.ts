/** The result of a series of probes. Times in milliseconds. */
export interface ProbeOutcome {
  sent: number;
  received: number;
  /** Median round-trip time; the waiting time if there was no answer. */
  latency_ms: number;
  /** Mean difference between successive round-trip times. */
  jitter_ms: number;
}

/** Summarizes round-trip times in the order of the probes; lost probes are undefined. */
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

/** An edge's answer to a command to probe; see reportProbe in the schema. */
export interface ProbeAnswer {
  method: 'UDP_ECHO' | 'TCP_CONNECT' | null;
  sent: number;
  received: number;
  latency_ms: number | null;
  jitter_ms: number | null;
  measured_at: string | null;
  error: string | null;
}

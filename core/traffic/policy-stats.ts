import { CARRY, type PairTotals, type TwoPartSum, toApproximate, toExact } from './pair-totals.ts';

/** A policy's counts at one moment, since the start or the last reset. */
export class PolicyStats {
  readonly policy_id: string;
  /** Exact up to 2^53; see `packets_exact`. */
  readonly packets_matched: number;
  /** Layer-3 bytes, exact up to 2^53; see `bytes_exact`. */
  readonly bytes_matched: number;
  readonly active_flows: number;
  readonly #packets: TwoPartSum;
  readonly #bytes: TwoPartSum;

  constructor(policy_id: string, counts: Counts) {
    this.policy_id = policy_id;
    this.#packets = counts.packets;
    this.#bytes = counts.bytes;
    this.packets_matched = toApproximate(counts.packets);
    this.bytes_matched = toApproximate(counts.bytes);
    this.active_flows = counts.active_flows;
  }

  get packets_exact(): bigint {
    return toExact(this.#packets);
  }

  get bytes_exact(): bigint {
    return toExact(this.#bytes);
  }
}

/** Sums of a policy's pairs. */
export interface Counts {
  packets: TwoPartSum;
  bytes: TwoPartSum;
  active_flows: number;
}

/** Adds up pairs less a baseline. */
export function sumOfPairs(totals: PairTotals, pairs: readonly number[], baseline?: Counts): Counts {
  const packets = baseline ? negated(baseline.packets) : { carried: 0, low: 0 };
  const bytes = baseline ? negated(baseline.bytes) : { carried: 0, low: 0 };
  let active_flows = 0;
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i]!;
    addTo(packets, totals.packets(pair));
    addTo(bytes, totals.bytes(pair));
    active_flows += totals.activeFlows[pair]!;
  }
  return { packets, bytes, active_flows };
}

function negated(sum: TwoPartSum): TwoPartSum {
  return { carried: -sum.carried, low: -sum.low };
}

function addTo(sum: TwoPartSum, more: TwoPartSum): void {
  sum.carried += more.carried;
  sum.low += more.low;
  if (sum.low >= CARRY) {
    sum.low -= CARRY;
    sum.carried += 1;
  }
}

import type { PairTotals } from '../totals/pair-totals.ts';

/** A policy's counts at one moment, since the start or the last reset. */
export class PolicyStats {
  readonly policy_id: string;
  /** Exact up to 2^53; see `packets_exact`. */
  readonly packets_matched: number;
  /** Layer-3 bytes, exact up to 2^53; see `bytes_exact`. */
  readonly bytes_matched: number;
  readonly active_flows: number;
  readonly #exact: ExactCounts | undefined;

  constructor(policy_id: string, counts: PolicyCounts, exact?: ExactCounts) {
    this.policy_id = policy_id;
    this.packets_matched = counts.packets;
    this.bytes_matched = counts.bytes;
    this.active_flows = counts.active_flows;
    this.#exact = exact;
  }

  get packets_exact(): bigint {
    return this.#exact?.packets ?? BigInt(this.packets_matched);
  }

  get bytes_exact(): bigint {
    return this.#exact?.bytes ?? BigInt(this.bytes_matched);
  }
}

interface PolicyCounts {
  packets: number;
  bytes: number;
  active_flows: number;
}

/** Counts of any size. */
export interface ExactCounts {
  packets: bigint;
  bytes: bigint;
}

/** The counts of a policy's pairs since boot, less a baseline. */
export function statsOfPairs(
  policy_id: string,
  totals: PairTotals,
  pairs: readonly number[],
  baseline?: ExactCounts,
): PolicyStats {
  let packets = 0;
  let bytes = 0;
  let active_flows = 0;
  let carried = 0;
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i]!;
    packets += totals.sums[2 * pair]!;
    bytes += totals.sums[2 * pair + 1]!;
    carried += totals.carried[2 * pair]! + totals.carried[2 * pair + 1]!;
    active_flows += totals.activeFlows[pair]!;
  }
  if (baseline || carried > 0 || packets > Number.MAX_SAFE_INTEGER || bytes > Number.MAX_SAFE_INTEGER) {
    const exact = exactCounts(totals, pairs, baseline);
    const rounded = { packets: Number(exact.packets), bytes: Number(exact.bytes), active_flows };
    return new PolicyStats(policy_id, rounded, exact);
  }
  return new PolicyStats(policy_id, { packets, bytes, active_flows });
}

/** The same counts as integers of any size. */
export function exactCounts(
  totals: PairTotals,
  pairs: readonly number[],
  baseline?: ExactCounts,
): ExactCounts {
  const none = { packets: 0n, bytes: 0n };
  const { packets, bytes } = pairs.reduce(
    (sum, pair) => ({ packets: sum.packets + totals.packets(pair), bytes: sum.bytes + totals.bytes(pair) }),
    none,
  );
  const less = baseline ?? none;
  return { packets: packets - less.packets, bytes: bytes - less.bytes };
}

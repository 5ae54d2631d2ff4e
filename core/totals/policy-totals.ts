import type { PairTotals } from './pair-totals.ts';

/** Totals since boot of one (policy, endpoint) pair, and the flows that are active on it now. */
export interface PolicyTotals {
  policy_id: string;
  endpoint_id: string;
  packets: bigint;
  /** Layer-3 bytes. */
  bytes: bigint;
  active_flows: number;
}

/**
 * Totals since boot for a report: a pair's traffic over different paths is summed. `endpoints` are
 * ids by index.
 */
export function policyTotalsOf(totals: PairTotals, endpoints: readonly string[]): PolicyTotals[] {
  const sums = new Map<string, PolicyTotals>();
  for (const [pair, { policy_id, endpoint }] of totals.pairs.entries()) {
    const key = `${endpoint} ${policy_id}`;
    const known = sums.get(key);
    sums.set(key, {
      policy_id,
      endpoint_id: endpoints[endpoint]!,
      packets: (known?.packets ?? 0n) + totals.packets(pair),
      bytes: (known?.bytes ?? 0n) + totals.bytes(pair),
      active_flows: (known?.active_flows ?? 0) + totals.activeFlows[pair]!,
    });
  }
  return [...sums.values()];
}

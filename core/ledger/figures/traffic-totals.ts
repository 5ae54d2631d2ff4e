import type { Counts } from './read-counters.ts';

/** What all policies together have counted, ids that aren't defined included: all traffic there was. */
export function trafficTotals(counters: ReadonlyMap<string, Counts>): Counts {
  const total = { packets: 0n, bytes: 0n, active_flows: 0 };
  for (const { packets, bytes, active_flows } of counters.values()) {
    total.packets += packets;
    total.bytes += bytes;
    total.active_flows += active_flows;
  }
  return total;
}

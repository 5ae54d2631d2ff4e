import type { Report } from '../../report/report.ts';
import type { PolicyTotals } from '../../totals/policy-totals.ts';
import type { BootPair } from './boot.ts';
import { isNewer } from './check-totals.ts';
import type { CounterChange } from './lane-state.ts';

/** The counts of one boot under a pair. */
export type BootCounts = Omit<BootPair, 'policy_id' | 'endpoint_id'>;

/** The estimated part of a boot's bytes under a pair: all or nothing (docs/decisions/125). */
export function estimatedOf({ estimated, bytes }: Pick<BootCounts, 'estimated' | 'bytes'>): bigint {
  return estimated ? bytes : 0n;
}

/**
 * The counts of a boot under a pair after a report is added. The report's `seq` need not be above
 * the earlier ones; without new counts the result equals `before`.
 *
 * @throws ReportRejected when it contradicts another report of the boot
 */
export function withReport(
  before: BootCounts,
  reported: PolicyTotals,
  { seq, estimated: marked }: Pick<Report, 'seq' | 'estimated'>,
): BootCounts {
  const newest = isNewer(reported, seq, before) ? { ...reported, seq } : before;
  const { packets, bytes } = newest;
  // The mark holds for the pair, whichever report has it, so that the order of reports doesn't
  // matter.
  return { packets, bytes, estimated: before.estimated || marked === true, seq: newest.seq };
}

/** Whether both counts are equal. */
export function isSameCount(a: BootCounts, b: BootCounts): boolean {
  return a.packets === b.packets && a.bytes === b.bytes && a.estimated === b.estimated;
}

/** The increase of the counters; gauges stay as they are. */
export function gainOf(before: BootCounts, after: BootCounts): CounterChange {
  return {
    packets: after.packets - before.packets,
    bytes: after.bytes - before.bytes,
    active_flows: 0,
    bit_rate: 0,
    packet_rate: 0,
    rated_pairs: 0,
    ...(after.estimated && { estimated_bytes: after.bytes - estimatedOf(before) }),
  };
}

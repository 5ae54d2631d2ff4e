import type { Rate } from '../../graphql/schema.generated.ts';
import { isSomeRateKnown } from '../history/recent-rates.ts';
import type { Gauges } from '../ledger/figures/read-counters.ts';
import type { RatedSpan } from '../ledger/lane/lane-rates.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';

/** A rate as GraphQL gives it; the times are left out where it is a sum off counters, which keep none. */
export function presentRate({
  bit_rate,
  packet_rate,
  from_ms,
  to_ms,
}: { bit_rate: number; packet_rate: number } & Partial<RatedSpan>): Rate {
  return {
    bits_per_second: bit_rate,
    packets_per_second: packet_rate / 1000,
    from: from_ms === undefined ? null : timestamp(from_ms),
    to: to_ms === undefined ? null : timestamp(to_ms),
  };
}

/**
 * The rates of counters, in their order. Counters hold sums of what is known, so that one above 0 is; 0 is told only while some edge's
 * rate is known, which then has told of all that it carried. That costs a read, where there is a 0.
 */
export async function presentCounterRates(
  counts: readonly Pick<Gauges, 'bit_rate' | 'packet_rate'>[],
  { client, tables, clock }: Pick<StoreContext, 'client' | 'tables' | 'clock'>,
): Promise<(Rate | null)[]> {
  const isSum = ({ bit_rate, packet_rate }: (typeof counts)[number]) => bit_rate > 0 || packet_rate > 0;
  const is_known =
    counts.every(isSum) || (await isSomeRateKnown({ client, table: tables.traffic }, { now: clock() }));
  return counts.map(each => (is_known || isSum(each) ? presentRate(each) : null));
}

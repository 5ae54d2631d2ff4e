import type { Rate } from '../../graphql/schema.generated.ts';
import type { Gauges } from '../ledger/figures/read-counters.ts';
import type { ShownCounts } from '../ledger/figures/shown-counters.ts';
import type { RatedSpan } from '../ledger/lane/lane-rates.ts';
import { timestamp } from '../storage/store-context.ts';

/**
 * A rate in the form of GraphQL; null if it isn't known for any edge. A sum of counters has no
 * times, because counters store none.
 */
export function presentRate(
  { bit_rate, packet_rate, rated_pairs }: Omit<Gauges, 'active_flows'>,
  span?: RatedSpan,
): Rate | null {
  if (rated_pairs === 0) return null;
  return {
    bits_per_second: bit_rate,
    packets_per_second: packet_rate / 1000,
    from: span ? timestamp(span.from_ms) : null,
    to: span ? timestamp(span.to_ms) : null,
  };
}

/** The time of the reset since which counts are; null: they are of all time. */
export function presentCountedSince({
  counted_since_ms,
}: Pick<ShownCounts, 'counted_since_ms'>): string | null {
  return counted_since_ms === undefined ? null : timestamp(counted_since_ms);
}

import type { Rate } from '../../graphql/schema.generated.ts';
import type { Gauges } from '../ledger/figures/read-counters.ts';
import type { ShownCounts } from '../ledger/figures/shown-counters.ts';
import type { RatedSpan } from '../ledger/lane/lane-rates.ts';
import { timestamp } from '../storage/store-context.ts';

/**
 * A rate as GraphQL gives it: null where it isn't known of any edge. The times are left out where
 * it is a sum off counters, which keep none.
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

/** When the reset was made that counts are since; null: they are of all time. */
export function presentCountedSince({
  counted_since_ms,
}: Pick<ShownCounts, 'counted_since_ms'>): string | null {
  return counted_since_ms === undefined ? null : timestamp(counted_since_ms);
}

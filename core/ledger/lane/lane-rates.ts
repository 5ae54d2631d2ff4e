import { NO_BOOT } from './close-boot.ts';
import type { Lane } from './lane.ts';
import { bitRate, packetRate, ratedPairs } from './pair-rate.ts';

/** The time span of rates, milliseconds since the epoch: from one report to another. */
export interface RatedSpan {
  from_ms: number;
  to_ms: number;
}

/** Bits and thousandths of a packet a second, and their time span. */
export interface LaneRates extends RatedSpan {
  bit_rate: number;
  packet_rate: number;
  /** The number of pairs whose rates are known. */
  rated_pairs: number;
}

/** The time span of a lane's rates; undefined while they aren't known. */
export function ratedSpan({
  boot_id,
  rated_ms,
  sent_at_ms,
}: Pick<Lane, 'boot_id' | 'rated_ms' | 'sent_at_ms'>): RatedSpan | undefined {
  if (rated_ms === undefined || boot_id === NO_BOOT) return undefined;
  return { from_ms: sent_at_ms - rated_ms, to_ms: sent_at_ms };
}

/** The span that contains both. */
export function joinSpans(a: RatedSpan | undefined, b: RatedSpan | undefined): RatedSpan | undefined {
  if (!a || !b) return a ?? b;
  return { from_ms: Math.min(a.from_ms, b.from_ms), to_ms: Math.max(a.to_ms, b.to_ms) };
}

/** The sum of the known rates of these lanes; undefined if no lane's rates are known. */
export function ratesOf(lanes: Iterable<Lane>): LaneRates | undefined {
  let span: RatedSpan | undefined;
  const sum = { bit_rate: 0, packet_rate: 0, rated_pairs: 0 };
  for (const lane of lanes) {
    span = joinSpans(span, ratedSpan(lane));
    for (const { rate } of lane.pairs.values()) {
      sum.bit_rate += bitRate(rate);
      sum.packet_rate += packetRate(rate);
      sum.rated_pairs += ratedPairs(rate);
    }
  }
  return span && { ...sum, ...span };
}

import { joinSpans, type RatedSpan, ratedSpan } from '../lane/lane-rates.ts';
import type { WholeLane } from '../lane/lane-totals.ts';
import { NO_RATE } from '../lane/pair-rate.ts';
import type { Correction } from '../voids/corrections.ts';
import { shownTotals } from '../voids/shown-totals.ts';
import { type Counts, noCounts } from './read-counters.ts';

/** The traffic of an endpoint of a site, over all boots of the site's edges. */
export interface EndpointStats extends Counts {
  endpoint_id: string;
  /** The time span of its rates; undefined while they aren't known. */
  rated: RatedSpan | undefined;
  policies: (Counts & { policy_id: string })[];
}

/**
 * Sums a site's lanes by endpoint and policy without the counts of voided boots. Both are in the
 * order of their ids.
 */
export async function endpointStats(
  lanes: AsyncIterable<WholeLane>,
  corrections: readonly Correction[] = [],
): Promise<EndpointStats[]> {
  const endpoints = new Map<string, Map<string, Counts>>();
  const rated = new Map<string, RatedSpan | undefined>();
  for await (const lane of lanes) {
    const span = ratedSpan(lane);
    for (const { endpoint_id, rate } of lane.pairs.values()) {
      if (rate !== NO_RATE) rated.set(endpoint_id, joinSpans(rated.get(endpoint_id), span));
    }
    for (const { endpoint_id, policy_id, ...counts } of shownTotals(lane, corrections)) {
      const policies = endpoints.get(endpoint_id) ?? new Map<string, Counts>();
      policies.set(policy_id, plus(policies.get(policy_id), counts));
      endpoints.set(endpoint_id, policies);
    }
  }
  return Array.from(endpoints, ([endpoint_id, policies]) => ({
    endpoint_id,
    ...[...policies.values()].reduce(plus, NOTHING),
    rated: rated.get(endpoint_id),
    policies: Array.from(policies, ([policy_id, counts]) => ({ policy_id, ...counts })).sort((a, b) =>
      a.policy_id < b.policy_id ? -1 : 1,
    ),
  })).sort((a, b) => (a.endpoint_id < b.endpoint_id ? -1 : 1));
}

const NOTHING = noCounts();

function plus(a: Counts = NOTHING, b: Counts): Counts {
  return {
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    estimated_bytes: a.estimated_bytes + b.estimated_bytes,
    active_flows: a.active_flows + b.active_flows,
    bit_rate: a.bit_rate + b.bit_rate,
    packet_rate: a.packet_rate + b.packet_rate,
    rated_pairs: a.rated_pairs + b.rated_pairs,
  };
}

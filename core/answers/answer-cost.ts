import type { CostSum, TrafficCost } from '../../graphql/schema.generated.ts';
import { aggregate, type LaneGroup } from '../history/aggregate.ts';
import { readEndpointPrices } from '../inventory/sites/endpoint-prices.ts';
import { timestamp } from '../storage/store-context.ts';
import type { DimensionFilter } from '../totals/dimension-filter.ts';
import { checkStatsRange } from './answer-stats.ts';
import { type Asking, askedAt } from './asking.ts';
import { checkKnown } from './check-known.ts';
import { costRows, costSum, inDecimal, type TrafficCostSum } from './cost-of-traffic.ts';
import { lanesAtEnds } from './lanes-at-ends.ts';
import { presentCompleteness } from './present-completeness.ts';
import { nextStatsToken, readStatsPosition } from './stats-position.ts';

export interface AskedCost {
  group_by: readonly LaneGroup[];
  from: number;
  to: number;
  filter: DimensionFilter;
  limit: number;
  next_token?: string | null | undefined;
}

/**
 * `trafficCost`: the sums of trafficStats, at the present prices of the endpoints. @throws as
 * answerTrafficStats
 */
export async function answerTrafficCost(
  asking: Asking,
  { from, to, filter, group_by, limit, next_token }: AskedCost,
): Promise<Omit<TrafficCost, 'currency'>> {
  const position = readStatsPosition('trafficCost', next_token);
  checkStatsRange(asking, { from, to, of_flows: false });
  const { before, after } = await lanesAtEnds(asking, { from, to, now: askedAt(asking), filter });
  const { rows, total } = aggregate({
    before: before?.lanes ?? [],
    after: after.lanes,
    group_by: [...new Set([...group_by, 'SITE', 'ENDPOINT'] as const)],
    filter,
    order_by: 'BYTES',
    limit: Number.POSITIVE_INFINITY,
  });
  if (total.packets === 0n) await checkKnown(asking, filter);
  const priceOf = await readEndpointPrices(
    asking.context,
    rows.map(({ site_id, endpoint_id }) => ({ site_id: site_id!, endpoint_id: endpoint_id! })),
  );
  const all = costRows(rows, group_by, ({ site_id, endpoint_id }) => priceOf(site_id!, endpoint_id!));
  const shown = all.slice(position.offset, position.offset + limit);
  const rest = all.slice(position.offset + limit);
  const whole = costSum(all);
  const { taken_at } = after.mark;
  return {
    from: timestamp(before?.mark.taken_at ?? from),
    to: timestamp(taken_at),
    rows: shown.map(({ policy_id = null, site_id = null, endpoint_id = null, edge_id = null, ...sum }) => ({
      ...{ policy_id, site_id, endpoint_id, edge_id },
      ...presentCost(sum),
    })),
    other: presentCost(costSum(rest)),
    other_rows: rest.length,
    next_token: nextStatsToken('trafficCost', position, {
      rows: shown.length,
      other_rows: rest.length,
      figures: [before?.mark.taken_at ?? 0, taken_at, whole.bytes, whole.cost],
    }),
    total: presentCost(whole),
    completeness: presentCompleteness({ ...after.mark, as_of: taken_at }),
  };
}

/** The cost is null if none of the bytes has a price. */
function presentCost({ bytes, cost, unpriced_bytes }: TrafficCostSum): CostSum {
  const cost_exact = bytes !== 0n && unpriced_bytes === bytes ? null : inDecimal(cost);
  return {
    bytes: Number(bytes),
    bytes_exact: String(bytes),
    cost: cost_exact === null ? null : Number(cost_exact),
    cost_exact,
    unpriced_bytes_exact: String(unpriced_bytes),
  };
}

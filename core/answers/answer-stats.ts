import type { TrafficRow, TrafficStats } from '../../graphql/schema.generated.ts';
import { ValidationError } from '../errors.ts';
import { type AggregateRow, aggregate, type LaneGroup, type Order } from '../history/aggregate.ts';
import { resolveRange } from '../history/resolution.ts';
import { timestamp } from '../storage/store-context.ts';
import type { DimensionFilter } from '../totals/dimension-filter.ts';
import { checkLogged } from './answer-flows.ts';
import { type Asking, askedAt } from './asking.ts';
import { checkKnown } from './check-known.ts';
import { lanesAtEnds } from './lanes-at-ends.ts';
import { presentCompleteness } from './present-completeness.ts';
import { presentSum } from './present-counts.ts';
import { nextStatsToken, readStatsPosition } from './stats-position.ts';

const HOUR_MS = 3_600_000;

/** Upper limit of the hours of flow logs that one answer reads. */
const MAX_FLOW_STATS_HOURS = 48;

/**
 * Arguments of a query with groups; instants in milliseconds. Rows after `limit` are summed as
 * `other`.
 */
export interface AskedStats<Group> {
  group_by: readonly Group[];
  from: number;
  to: number;
  filter: DimensionFilter;
  order_by: Order;
  limit: number;
  next_token?: string | null | undefined;
}

/** Checks the range of a query with groups. @throws ValidationError */
export function checkStatsRange(
  asking: Pick<Asking, 'context' | 'retention' | 'flow_log_ttl_hours' | 'as_of'>,
  { from, to, of_flows }: { from: number; to: number; of_flows: boolean },
): void {
  if (of_flows) checkLogged(asking);
  resolveRange({ from, to, now: askedAt(asking), retention: asking.retention });
  if (!of_flows || to - from <= MAX_FLOW_STATS_HOURS * HOUR_MS) return;
  throw new ValidationError(`from and to must be at most ${MAX_FLOW_STATS_HOURS} hours apart.`, {
    arguments: ['from', 'to'],
  });
}

/** `trafficStats`. @throws ValidationError · NotFound for an unknown id */
export async function answerTrafficStats(
  asking: Asking,
  { from, to, next_token, ...request }: AskedStats<LaneGroup>,
): Promise<TrafficStats> {
  const position = readStatsPosition('trafficStats', next_token);
  const now = askedAt(asking);
  checkStatsRange(asking, { from, to, of_flows: false });
  const { before, after } = await lanesAtEnds(asking, { from, to, now, filter: request.filter });
  const { rows, other, total } = aggregate({
    before: before?.lanes ?? [],
    after: after.lanes,
    ...request,
    offset: position.offset,
  });
  if (total.packets === 0n) await checkKnown(asking, request.filter);
  const { taken_at } = after.mark;
  return {
    from: timestamp(before?.mark.taken_at ?? from),
    to: timestamp(taken_at),
    rows: rows.map(presentRow),
    other: presentSum(other),
    other_rows: other.rows,
    next_token: nextStatsToken('trafficStats', position, {
      rows: rows.length,
      other_rows: other.rows,
      figures: [before?.mark.taken_at ?? 0, taken_at, total.bytes],
    }),
    total: presentSum(total),
    completeness: presentCompleteness({ ...after.mark, as_of: taken_at }),
  };
}

function presentRow(row: AggregateRow): TrafficRow {
  const { policy_id = null, site_id = null, endpoint_id = null, edge_id = null } = row;
  return { policy_id, site_id, endpoint_id, edge_id, ...presentSum(row) };
}

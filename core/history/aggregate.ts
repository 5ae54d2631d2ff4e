import { type Dimension, type DimensionFilter, type Dimensions, passes } from '../totals/dimension-filter.ts';

/**
 * The groupings that lane totals allow. Groupings by the contents of flows are made from the flow
 * log.
 */
export const LANE_GROUPS = ['POLICY', 'SITE', 'ENDPOINT', 'EDGE'] as const;
export type LaneGroup = (typeof LANE_GROUPS)[number];

export const ORDERS = ['BYTES', 'PACKETS'] as const;
export type Order = (typeof ORDERS)[number];

/** The totals of one lane at one instant, for each (policy, endpoint) pair, over all its boots. */
export interface LaneTotals {
  edge_id: string;
  site_id: string;
  part: number;
  pairs: readonly PairTotals[];
}

export interface PairTotals {
  policy_id: string;
  endpoint_id: string;
  packets: bigint;
  bytes: bigint;
  estimated_bytes: bigint;
}

export interface AggregateRequest {
  /** Lanes at the beginning of the range; a lane that is missing here counts from zero. */
  before: Iterable<LaneTotals>;
  /** Lanes at its end. */
  after: Iterable<LaneTotals>;
  group_by: readonly LaneGroup[];
  filter?: DimensionFilter | undefined;
  order_by: Order;
  limit: number;
  /** How many rows are skipped. Default: 0. */
  offset?: number;
}

export interface AggregateRow {
  policy_id?: string;
  site_id?: string;
  endpoint_id?: string;
  edge_id?: string;
  packets: bigint;
  bytes: bigint;
  estimated_bytes: bigint;
}

type AggregateSum = Pick<AggregateRow, 'packets' | 'bytes' | 'estimated_bytes'>;

export interface Aggregate {
  rows: AggregateRow[];
  /** The sum of all rows after these. */
  other: AggregateSum & { rows: number };
  total: AggregateSum;
}

/**
 * The traffic between two readings of the lanes, by group. Every grouping sums the same differences
 * of the same pairs, so the totals are equal to the byte. Memory grows with the number of groups
 * and lanes, not with time.
 */
export function aggregate(request: AggregateRequest): Aggregate {
  const rows = new Map<string, AggregateRow>();
  const { filter = {} } = request;
  const add = (lane: LaneTotals, site_id: string, sign: bigint): void => {
    for (const pair of lane.pairs) {
      const { policy_id, endpoint_id } = pair;
      const dimensions = { policy_id, endpoint_id, site_id, edge_id: lane.edge_id };
      if (!passes(filter, dimensions)) continue;
      const row = rowOf(rows, dimensions, request.group_by);
      row.packets += sign * pair.packets;
      row.bytes += sign * pair.bytes;
      row.estimated_bytes += sign * pair.estimated_bytes;
    }
  };
  // An edge that moved counts for its last site, at both ends of the range.
  const siteOf = new Map<string, string>();
  for (const lane of request.after) {
    siteOf.set(`${lane.edge_id}#${lane.part}`, lane.site_id);
    add(lane, lane.site_id, 1n);
  }
  for (const lane of request.before) {
    add(lane, siteOf.get(`${lane.edge_id}#${lane.part}`) ?? lane.site_id, -1n);
  }
  return ranked([...rows.values()], request);
}

/** The field of a row with the id of its group. */
export const FIELD_OF: Record<LaneGroup, Dimension> = {
  POLICY: 'policy_id',
  SITE: 'site_id',
  ENDPOINT: 'endpoint_id',
  EDGE: 'edge_id',
};

function rowOf(
  rows: Map<string, AggregateRow>,
  dimensions: Dimensions,
  group_by: readonly LaneGroup[],
): AggregateRow {
  const key = JSON.stringify(group_by.map(group => dimensions[FIELD_OF[group]]));
  const known = rows.get(key);
  if (known) return known;
  const row: AggregateRow = { packets: 0n, bytes: 0n, estimated_bytes: 0n };
  for (const group of group_by) row[FIELD_OF[group]] = dimensions[FIELD_OF[group]];
  rows.set(key, row);
  return row;
}

function ranked(all: AggregateRow[], { order_by, limit, offset = 0 }: AggregateRequest): Aggregate {
  const field = order_by === 'BYTES' ? 'bytes' : 'packets';
  const moved = all.filter(row => row.packets !== 0n || row.bytes !== 0n || row.estimated_bytes !== 0n);
  moved.sort((a, b) => (a[field] === b[field] ? byName(a, b) : a[field] < b[field] ? 1 : -1));
  const rest = moved.slice(offset + limit);
  return {
    rows: moved.slice(offset, offset + limit),
    other: { rows: rest.length, ...sum(rest) },
    total: sum(moved),
  };
}

function byName(a: AggregateRow, b: AggregateRow): number {
  return nameOf(a) < nameOf(b) ? -1 : 1;
}

function nameOf({ policy_id, site_id, endpoint_id, edge_id }: AggregateRow): string {
  return [policy_id, site_id, endpoint_id, edge_id].join('#');
}

function sum(rows: readonly AggregateRow[]): AggregateSum {
  const total = { packets: 0n, bytes: 0n, estimated_bytes: 0n };
  for (const { packets, bytes, estimated_bytes } of rows) {
    total.packets += packets;
    total.bytes += bytes;
    total.estimated_bytes += estimated_bytes;
  }
  return total;
}

import { type AggregateRow, FIELD_OF, type LaneGroup } from '../history/aggregate.ts';

/** The cost of traffic; amounts in {@link COST_UNITS} of the currency. */
export interface TrafficCostSum {
  bytes: bigint;
  /** The cost of the bytes whose endpoint has a price. */
  cost: bigint;
  /** Bytes whose endpoint has no price. */
  unpriced_bytes: bigint;
}

export type TrafficCostRow = TrafficCostSum &
  Pick<AggregateRow, 'policy_id' | 'site_id' | 'endpoint_id' | 'edge_id'>;

const PRICE_DECIMALS = 9;

/** Decimals of an amount: nine of the price, and nine because a gigabyte is 10⁹ bytes. */
const COST_DECIMALS = 18;

/** Units of an amount in one unit of the currency. */
const COST_UNITS = 10n ** BigInt(COST_DECIMALS);

/**
 * The exact cost of a number of bytes. A price has up to nine decimals, see the rule of
 * `cost_per_gb`.
 */
export function costOf(bytes: bigint, cost_per_gb: number): bigint {
  return bytes * BigInt(Math.round(cost_per_gb * 10 ** PRICE_DECIMALS));
}

/**
 * Adds the cost to rows by site and endpoint (and further groups), and sorts them from the most
 * expensive on, then from the largest on. `priceOf` returns the price of a gigabyte at a row's
 * endpoint; undefined: not known.
 */
export function costRows(
  rows: readonly AggregateRow[],
  group_by: readonly LaneGroup[],
  priceOf: (row: AggregateRow) => number | undefined,
): TrafficCostRow[] {
  const found = new Map<string, TrafficCostRow>();
  for (const row of rows) {
    const named = Object.fromEntries(group_by.map(group => [FIELD_OF[group], row[FIELD_OF[group]]]));
    const key = JSON.stringify(Object.values(named));
    const sum = found.get(key) ?? { ...named, bytes: 0n, cost: 0n, unpriced_bytes: 0n };
    const price = priceOf(row);
    sum.bytes += row.bytes;
    if (price === undefined) sum.unpriced_bytes += row.bytes;
    else sum.cost += costOf(row.bytes, price);
    found.set(key, sum);
  }
  return [...found.values()].sort(
    (a, b) => compare(b.cost, a.cost) || compare(b.bytes, a.bytes) || compare(nameOf(a), nameOf(b)),
  );
}

/** The sum of rows. */
export function costSum(rows: readonly TrafficCostSum[]): TrafficCostSum {
  const sum = { bytes: 0n, cost: 0n, unpriced_bytes: 0n };
  for (const { bytes, cost, unpriced_bytes } of rows) {
    sum.bytes += bytes;
    sum.cost += cost;
    sum.unpriced_bytes += unpriced_bytes;
  }
  return sum;
}

/**
 * An amount in decimal, without trailing zeros.
 *
 * @example inDecimal(1_500_000_000_000_000_000n) // '1.5'
 */
export function inDecimal(cost: bigint): string {
  const [sign, amount] = cost < 0n ? ['-', -cost] : ['', cost];
  const fraction = String(amount % COST_UNITS)
    .padStart(COST_DECIMALS, '0')
    .replace(/0+$/, '');
  return `${sign}${amount / COST_UNITS}${fraction && '.'}${fraction}`;
}

const compare = <T extends bigint | string>(a: T, b: T): number => (a === b ? 0 : a < b ? -1 : 1);

const nameOf = ({ policy_id, site_id, endpoint_id, edge_id }: TrafficCostRow): string =>
  [policy_id, site_id, endpoint_id, edge_id].join('#');

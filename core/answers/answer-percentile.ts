import type { TrafficPercentile } from '../../graphql/schema.generated.ts';
import { ValidationError } from '../errors.ts';
import { readFiveMinutes } from '../history/percentile/five-minutes.ts';
import { billingPercentile, billingRate } from '../history/points/billing-rates.ts';
import { timestamp } from '../storage/store-context.ts';
import type { DimensionFilter } from '../totals/dimension-filter.ts';
import { checkOrder } from './answer-flows.ts';
import { type Asking, askedAt } from './asking.ts';
import { checkKnown } from './check-known.ts';

const DAY_MS = 86_400_000;

/** More than a month, with the hour of a clock change. */
const MAX_DAYS = 35;

/** Least share of known samples. The percentile discards 5 %, so with fewer it is not known. */
const LEAST_KNOWN = 0.95;

/**
 * `trafficPercentile`; instants in milliseconds. @throws ValidationError · NotFound for an unknown
 * id
 */
export async function answerTrafficPercentile(
  asking: Asking,
  { from, to, filter }: { from: number; to: number; filter: DimensionFilter },
): Promise<TrafficPercentile> {
  checkOrder(from, to);
  if (to - from > MAX_DAYS * DAY_MS) {
    throw new ValidationError(
      `from and to must be at most ${MAX_DAYS} days apart: ask for each period separately.`,
      {
        arguments: ['from', 'to'],
      },
    );
  }
  const { context, retention } = asking;
  const store = { ...context, table: context.tables.traffic };
  const samples = await readFiveMinutes(store, { from, to, filter, now: askedAt(asking), retention });
  const known = [...samples.values()].filter(bytes => bytes !== null);
  if (known.every(bytes => bytes === 0)) await checkKnown(asking, filter);
  const rates = known.map(billingRate);
  const isEnough = known.length > 0 && known.length >= LEAST_KNOWN * samples.size;
  return {
    from: timestamp(from),
    to: timestamp(to),
    samples_expected: samples.size,
    samples_known: known.length,
    p95_bits_per_second: isEnough ? billingPercentile(rates)! : null,
    highest_bits_per_second: rates.length === 0 ? null : Math.max(...rates),
    average_bits_per_second:
      rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
  };
}

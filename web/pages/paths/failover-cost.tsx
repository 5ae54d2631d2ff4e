import { useCurrency } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { bitsPerSecond, money } from '../../parts/format.ts';
import { costOfFailover } from './cost-of-failover.ts';
import { DECISIONS } from './operations.ts';

/** A path that may be taken out of service. */
export interface PathToMove {
  id: string;
  source_site_id: string;
  destination_site_id: string;
  /** Left out if the page doesn't know it: then no cost is shown. */
  traffic?: { tx_bits_per_second: number | null; rx_bits_per_second: number | null } | null;
}

/** The additional cost of an hour after the path's policies have left it, at its current rate. */
export function FailoverCost({ path }: { path: PathToMove }) {
  const { id, source_site_id, destination_site_id, traffic } = path;
  const currency = useCurrency();
  const { data } = useAnswer(DECISIONS, { source_site_id, destination_site_id, at: null });
  const rates = [traffic?.tx_bits_per_second, traffic?.rx_bits_per_second];
  const known = rates.filter(rate => rate !== null && rate !== undefined);
  const rate = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
  const cost = costOfFailover(id, rate, data?.data.routingDecisions.decisions ?? []);
  if (!cost) return null;
  const { lowest, highest } = cost;
  return (
    <p>
      At the prices of its endpoints, an hour at the current rate ({bitsPerSecond(rate)}) costs{' '}
      {lowest === highest
        ? moreOrLess(lowest, currency)
        : `${moreOrLess(lowest, currency)} to ${moreOrLess(highest, currency)}`}
      .
    </p>
  );
}

function moreOrLess(amount: number, currency: string | undefined): string {
  if (amount === 0) return 'the same';
  return `${money(Math.abs(amount), currency)} ${amount > 0 ? 'more' : 'less'}`;
}

import { useCallback, useMemo, useState } from 'react';
import { useMinute } from '../../address/time-range.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useRested } from '../../parts/use-rested.ts';
import { askedTrends } from './asked-trends.ts';
import { TRENDS } from './operations.ts';

const HOUR_MS = 3_600_000;

type Trends = ReadonlyMap<string, readonly (number | null)[]>;

/**
 * The rates of the visible policies in the last hour, by policy: one request a minute, and one when
 * scrolling stops. `onSight` receives the visible rows.
 */
export function useTrends(policies: readonly { id: string }[] | undefined): {
  trends: Trends | undefined;
  onSight(first: number, last: number): void;
} {
  const [sight, setSight] = useState({ first: 0, last: 0 });
  const rested = useRested(sight);
  const minute = useMinute();
  const ids = useMemo(() => askedTrends(policies ?? [], rested), [policies, rested]);
  const variables = {
    from: new Date(minute - HOUR_MS).toISOString(),
    to: new Date(minute).toISOString(),
    filter: ids && { policy_ids: ids },
  };
  const options = { enabled: policies !== undefined, keepPrevious: true };
  const groups = useAnswer(TRENDS, variables, options).data?.data.trafficSeries.groups;
  const trends = useMemo(
    () => groups && new Map(groups.map(({ id, bits_per_second }) => [id, bits_per_second])),
    [groups],
  );
  const onSight = useCallback((first: number, last: number) => setSight({ first, last }), []);
  return { trends, onSight };
}

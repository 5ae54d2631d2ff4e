import { useMemo } from 'react';
import { useMinute } from '../../address/time-range.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { TRENDS } from './operations.ts';

const HOUR_MS = 3_600_000;

/** The rates of the largest policies over the last hour, by policy: one request a minute for all rows of a table. */
export function useTrends(): ReadonlyMap<string, readonly (number | null)[]> | undefined {
  const minute = useMinute();
  const range = useMemo(
    () => ({ from: new Date(minute - HOUR_MS).toISOString(), to: new Date(minute).toISOString() }),
    [minute],
  );
  const groups = useAnswer(TRENDS, range, { keepPrevious: true }).data?.data.trafficSeries.groups;
  return useMemo(
    () => groups && new Map(groups.map(({ id, bits_per_second }) => [id, bits_per_second])),
    [groups],
  );
}

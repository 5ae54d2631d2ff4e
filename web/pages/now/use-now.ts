import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { useTimeRange } from '../../address/time-range.ts';
import { ask } from '../../data/ask.ts';
import { keepAnswer } from '../../data/keep-answer.ts';
import { partOf } from '../../data/part-of.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { haveFigures, keepFigures, useFigures } from '../../data/use-figures.ts';
import { NOW, OVERVIEW, type Overview, THROUGHPUT } from './operations.ts';

/** The lease of live figures lasts two minutes. */
const EVERY_MS = 60_000;

/**
 * All data of the page, by one request a minute; also the overview after a change, and figures by
 * subscription. Only the first figures are queried separately, because they arrive soonest. If the
 * one request fails, each source is queried by itself, so that the page shows everything that can
 * be read.
 */
export function useNow() {
  const queries = useQueryClient();
  const { from, to, compare } = useTimeRange();
  const [{ policy }] = useAddress();
  const range = useMemo(
    () => ({ from, to, compare, filter: policy === undefined ? null : { policy_id: policy } }),
    [from, to, compare, policy],
  );
  const together = useQuery({
    queryKey: ['Now', range],
    queryFn: async ({ signal }) => {
      const with_figures = haveFigures(queries, 'POLICIES');
      const { data, errors } = await ask(NOW, { ...range, scope: 'POLICIES', with_figures }, { signal });
      keepAnswer(queries, ['Overview', {}], { data: { overview: data.overview }, errors });
      keepAnswer(queries, ['Throughput', range], { data: { trafficSeries: data.trafficSeries }, errors: [] });
      if (data.figures) await keepFigures(queries, data.figures, { scope: 'POLICIES', signal });
      return true;
    },
    retry: false,
    refetchInterval: EVERY_MS,
    refetchOnWindowFocus: true,
  });
  const { isError: apart } = together;
  const overview = useAnswer(OVERVIEW, {}, { enabled: apart || together.isSuccess, changedBy: [''] });
  const throughput = useAnswer(THROUGHPUT, range, {
    enabled: apart,
    keepPrevious: true,
    changedBy: ['STATS', 'BOOT', 'CHANGE_UNDONE'],
  });
  const figures = useFigures('POLICIES', { asks: apart });
  const retry = (): void => void together.refetch();
  return {
    overview: <Name extends keyof Overview & string>(name: Name) => ({
      ...partOf<Overview, Name>(overview, 'overview', name),
      onRetry: () => void overview.refetch(),
    }),
    throughput: { data: throughput.data?.data.trafficSeries, error: throughput.error, onRetry: retry },
    figures: { data: figures.data, error: figures.error, onRetry: () => void figures.refetch() },
  };
}

export type Now = ReturnType<typeof useNow>;

import { z } from 'zod';
import { answerTrafficPercentile } from '../../../core/answers/answer-percentile.ts';
import { answerTrafficSeries } from '../../../core/answers/answer-series.ts';
import { LANE_GROUPS } from '../../../core/history/aggregate.ts';
import { MAX_SERIES_POINTS } from '../../../core/history/series/series-step.ts';
import { COSTS } from '../costs.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { selectsOnly } from '../selection.ts';
import { timeArgument } from '../time-argument.ts';
import { trafficFilter } from '../traffic-filter.ts';
import { wholeNumber } from '../whole-number.ts';

const DEFAULT_POINTS = 300;
const DEFAULT_GROUPS = 10;
const MAX_GROUPS = 50;

/** Maximum number of intervals of a series. */
export const pointsArgument = wholeNumber('points', { max: MAX_SERIES_POINTS, fallback: DEFAULT_POINTS });

export const trafficSeriesResolvers: Pick<Resolvers, 'Query.trafficSeries' | 'Query.trafficPercentile'> = {
  'Query.trafficPercentile': resolver({
    arguments: z.object({ from: timeArgument, to: timeArgument, filter: trafficFilter }),
    cost: () => COSTS.percentile,
    resolve: (args, call) => answerTrafficPercentile(call, args),
  }),

  'Query.trafficSeries': resolver({
    arguments: z.object({
      group_by: z
        .enum(LANE_GROUPS, 'must be POLICY, SITE, ENDPOINT or EDGE')
        .nullish()
        .transform(given => given ?? undefined),
      from: timeArgument,
      to: timeArgument,
      points: pointsArgument,
      filter: trafficFilter,
      limit: wholeNumber('limit', { max: MAX_GROUPS, fallback: DEFAULT_GROUPS }),
      compare_previous: z.boolean().nullish(),
    }),
    cost: () => COSTS.series,
    resolve: (args, call) =>
      answerTrafficSeries(call, {
        ...args,
        with_groups_before: !selectsOnly(call.selection, 'previous', [
          'from',
          'to',
          'at',
          'total',
          '__typename',
        ]),
      }),
  }),
};

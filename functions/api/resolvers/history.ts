import { z } from 'zod';
import { answerPolicyHistory, answerTrafficHistory } from '../../../core/answers/answer-history.ts';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { RESOLUTION_NAMES } from '../../../core/history/resolution.ts';
import { COSTS } from '../costs.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { timeArgument } from '../time-argument.ts';
import { trafficFilter } from '../traffic-filter.ts';

const rangeArguments = {
  from: timeArgument,
  to: timeArgument,
  resolution: z
    .enum(RESOLUTION_NAMES, 'must be MINUTE, HOUR or DAY')
    .nullish()
    .transform(given => given ?? undefined),
  compare_previous: z.boolean().nullish(),
};

export const historyResolvers: Pick<Resolvers, 'Query.policyHistory' | 'Query.trafficHistory'> = {
  'Query.policyHistory': resolver({
    arguments: z.object({ policy_id: idArgument, ...rangeArguments }),
    cost: () => COSTS.history_of_policy,
    resolve: (args, call) => answerPolicyHistory(call, args),
  }),

  'Query.trafficHistory': resolver({
    arguments: z.object({ filter: trafficFilter, ...rangeArguments }),
    cost: () => COSTS.history_of_lanes,
    resolve: (args, call) => answerTrafficHistory(call, args),
  }),
};

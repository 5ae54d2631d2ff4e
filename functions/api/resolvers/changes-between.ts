import { z } from 'zod';
import { answerChangesBetween } from '../../../core/answers/answer-changes-between.ts';
import { viewOf } from '../../../core/audit/audit-view.ts';
import { COSTS } from '../costs.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { timeArgument } from '../time-argument.ts';
import { wholeNumber } from '../whole-number.ts';

export const changesBetweenResolvers: Pick<Resolvers, 'Query.changesBetween'> = {
  'Query.changesBetween': resolver({
    arguments: z.object({
      from: timeArgument,
      to: timeArgument,
      limit: wholeNumber('limit', { max: 1000, fallback: 100 }),
    }),
    cost: () => COSTS.changes_between,
    resolve: (asked, call) => answerChangesBetween(call, { ...asked, view: viewOf(call.caller) }),
  }),
};

import { z } from 'zod';
import { answerAuditLog } from '../../../core/answers/answer-audit-log.ts';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { viewOf } from '../../../core/audit/audit-view.ts';
import { COSTS } from '../costs.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { timeArgument } from '../time-argument.ts';

const time = timeArgument.nullish().transform(ms => ms ?? undefined);

const auditArguments = z
  .object({
    ...pageArguments,
    actor: z.string().nullish(),
    action: z.string().nullish(),
    target: z.string().nullish(),
    from: time,
    to: time,
    after_id: idArgument.nullish(),
    order: z.enum(['NEWEST_FIRST', 'OLDEST_FIRST']).nullish(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, 'from must be before to.')
  .refine(
    ({ after_id, order }) => !(isGiven(after_id) && order === 'NEWEST_FIRST'),
    'after_id gives entries oldest first: leave order out.',
  );

const isGiven = (id: string | null | undefined): id is string => id !== null && id !== undefined;

export const auditResolvers: Pick<Resolvers, 'Query.auditLog'> = {
  'Query.auditLog': resolver({
    arguments: auditArguments,
    cost: ({ actor, action, target }) => (actor || action || target ? COSTS.search : 0),
    resolve: ({ limit, next_token, after_id, order, from, to, ...filter }, { context, caller }) =>
      answerAuditLog(context, {
        limit,
        next_token,
        after_id,
        view: viewOf(caller),
        oldest_first: order === 'OLDEST_FIRST',
        filter: { ...filter, from_ms: from, to_ms: to },
      }),
  }),
};

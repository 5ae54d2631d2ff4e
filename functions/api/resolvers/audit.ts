import { z } from 'zod';
import { answerAuditLog } from '../../../core/answers/answer-audit-log.ts';
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
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, 'from must be before to.');

export const auditResolvers: Pick<Resolvers, 'Query.auditLog'> = {
  'Query.auditLog': resolver({
    arguments: auditArguments,
    cost: ({ actor, action, target }) => (actor || action || target ? COSTS.search : 0),
    resolve: ({ limit, next_token, from, to, ...filter }, { context }) =>
      answerAuditLog(context, { limit, next_token, filter: { ...filter, from_ms: from, to_ms: to } }),
  }),
};

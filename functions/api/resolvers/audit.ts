import { z } from 'zod';
import { answerAuditEntry, answerAuditLog } from '../../../core/answers/answer-audit-log.ts';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { viewOf } from '../../../core/audit/audit-view.ts';
import { undoChange } from '../../../core/undo/undo-change.ts';
import { COSTS } from '../costs.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { selectsOnly } from '../selection.ts';
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

/** The fields that an entry itself contains. */
const STORED_FIELDS = [
  ...[
    '__typename',
    'id',
    'at',
    'started_at',
    'actor',
    'operation',
    'target',
    'outcome',
    'error_type',
    'message',
  ],
  ...['attempts', 'request', 'undoes', 'did', 'before', 'after'],
];
/** Fields that can be answered without checking whether the entry was undone. */
const WITHOUT_UNDONE = [...STORED_FIELDS, 'target_name'];
const WITHOUT_NAMES = [...STORED_FIELDS, 'undone_by', 'undoable_until'];

type AuditOperation = 'Query.auditLog' | 'Query.auditEntry' | 'Mutation.undo';

export const auditResolvers: Pick<Resolvers, AuditOperation> = {
  'Mutation.undo': resolver({
    arguments: z.object({ audit_id: idArgument }),
    target: ({ audit_id }) => `change:${audit_id}`,
    async resolve({ audit_id: id }, { context, caches, directory, caller }) {
      const request = { context, caches, directory, actor: caller };
      const { message, audit_id, finished } = await undoChange(request, id);
      return { success: true, message, audit_id, finished };
    },
  }),

  'Query.auditEntry': resolver({
    arguments: z.object({ id: idArgument }),
    resolve: ({ id }, { context, caller }) => answerAuditEntry(context, { id, view: viewOf(caller) }),
  }),

  'Query.auditLog': resolver({
    arguments: auditArguments,
    cost: ({ actor, action, target }) => (actor || action || target ? COSTS.search : 0),
    resolve: ({ limit, next_token, after_id, order, from, to, ...filter }, { context, caller, selection }) =>
      answerAuditLog(context, {
        limit,
        next_token,
        after_id,
        view: viewOf(caller),
        with_undone: !selectsOnly(selection, 'items', WITHOUT_UNDONE),
        with_names: !selectsOnly(selection, 'items', WITHOUT_NAMES),
        oldest_first: order === 'OLDEST_FIRST',
        filter: { ...filter, from_ms: from, to_ms: to },
      }),
  }),
};

import { z } from 'zod';
import { idArgument, optionalUuid } from '../../../core/answers/id-argument.ts';
import { readTargetNames } from '../../../core/answers/target-names.ts';
import { readEvents } from '../../../core/events/read-events.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { selectsOnly } from '../selection.ts';
import { timeArgument } from '../time-argument.ts';

const TYPES_RULE = 'types must be 1 to 50 types of events, such as EDGE_SILENT.';

/** Targets that events name by id only. */
const CALLED_BY_ID = /^(path|endpoint):/;

/** Fields that need no look-up of a target's name. */
const WITHOUT_NAMES = [
  ...['__typename', 'id', 'type', 'timestamp', 'site_id', 'site_seq', 'data', 'title', 'actor', 'target'],
  'audit_id',
];

export const eventResolvers: Pick<Resolvers, 'Query.events'> = {
  'Query.events': resolver({
    arguments: z
      .object({
        ...pageArguments,
        after_id: idArgument.nullish(),
        from: timeArgument.nullish().transform(ms => ms ?? undefined),
        types: z
          .array(z.string(TYPES_RULE).regex(/^[A-Z_]{1,64}$/, TYPES_RULE), TYPES_RULE)
          .min(1, TYPES_RULE)
          .max(50, TYPES_RULE)
          .nullish(),
        site_id: optionalUuid,
      })
      .refine(({ after_id, from }) => after_id == null || from === undefined, {
        error: 'Give after_id or from, not both: each defines where to begin.',
        path: ['after_id'],
      }),
    async resolve({ from: from_ms, ...query }, { context, selection }) {
      const { items, next_token, settled_until_ms } = await readEvents(context, { ...query, from_ms });
      const unnamed = selectsOnly(selection, 'items', WITHOUT_NAMES)
        ? []
        : items.filter(({ target }) => target !== null && CALLED_BY_ID.test(target));
      const found = await readTargetNames(context, unnamed);
      const names = new Map(unnamed.map(({ id }, index) => [id, found[index]!]));
      return {
        items: items.map(({ data, ...event }) => ({
          ...event,
          target_name: names.get(event.id) ?? event.target_name,
          data: data == null ? null : JSON.stringify(data),
        })),
        next_token,
        settled_until: timestamp(settled_until_ms),
      };
    },
  }),
};

import { z } from 'zod';
import type { AuditEntry } from '../../../core/audit/audit-entry.ts';
import { readAuditLog } from '../../../core/audit/read-audit-log.ts';
import type { AuditEntry as PresentedEntry } from '../../../graphql/schema.generated.ts';
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
    async resolve({ limit, next_token, from, to, ...filter }, { context }) {
      const page = await readAuditLog(context, {
        limit,
        next_token,
        filter: { ...filter, from_ms: from, to_ms: to },
      });
      return { items: page.items.map(present), next_token: page.next_token };
    },
  }),
};

function present(entry: AuditEntry): PresentedEntry {
  const { id, at, actor, operation, target, outcome, error_type, message } = entry;
  return {
    id,
    at,
    actor,
    operation,
    target,
    outcome,
    error_type,
    message,
    request: json(entry.request),
    before: json(entry.before),
    after: json(entry.after),
  };
}

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

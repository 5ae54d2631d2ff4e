import type { AuditRow } from './export-reader.ts';
import { columnsOf, type ExportTable, shareOf } from './export-table.ts';

/** The audit log from the newest entry on. */
export const auditTable: ExportTable<'AUDIT', AuditRow> = {
  columns: () =>
    columnsOf({
      at_utc: 'at',
      started_at_utc: 'started_at',
      audit_id: 'id',
      operation: 'operation',
      target: 'target',
      outcome: 'outcome',
      error_type: 'error_type',
      message: 'message',
      actor_kind: ({ actor }) => actor.kind,
      actor_sub: ({ actor }) => actor.sub,
      actor_username: ({ actor }) => actor.username,
      actor_email: ({ actor }) => actor.email,
      actor_source_ip: ({ actor }) => actor.source_ip,
      actor_groups: ({ actor }) => actor.groups.join(' '),
      request_json: 'request',
      before_json: 'before',
      after_json: 'after',
    }),

  async *pages(reader, request, start = null) {
    const { from, to, actor, action, target } = request;
    let next_token: string | null = start;
    let share = 0;
    do {
      const page = await reader.audit({ from, to, actor, action, target, next_token });
      next_token = page.next_token;
      share = next_token === null ? 1 : Math.max(share, shareOf(request, page.items.at(-1)?.at));
      yield { rows: page.items, share, ...(next_token !== null && { position: next_token }) };
    } while (next_token !== null);
  },
};

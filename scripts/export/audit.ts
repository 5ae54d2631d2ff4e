import { type ExportSource, fields, listPages, type Row } from './export-source.ts';

const PAGE = 100;

const AUDIT = `query ($from: AWSDateTime, $to: AWSDateTime, $actor: String, $action: String, $target: String, $limit: Int,
    $next_token: String) {
  auditLog(from: $from, to: $to, actor: $actor, action: $action, target: $target, limit: $limit, next_token: $next_token) {
    items {
      id at operation target outcome error_type message request before after
      actor { kind sub username email source_ip groups }
    }
    next_token
  }
}`;

/** Who did what, newest first. */
export const audit: ExportSource = {
  columns: () => [
    ...fields({
      at_utc: 'at',
      audit_id: 'id',
      operation: 'operation',
      target: 'target',
      outcome: 'outcome',
      error_type: 'error_type',
      message: 'message',
      actor_kind: 'actor.kind',
      actor_sub: 'actor.sub',
      actor_username: 'actor.username',
      actor_email: 'actor.email',
      actor_source_ip: 'actor.source_ip',
    }),
    { name: 'actor_groups', value: row => row.actor.groups.join(' ') },
    ...fields({ request_json: 'request', before_json: 'before', after_json: 'after' }),
  ],
  pages(client, options, progress) {
    const { from, to, actor, action, target } = options;
    const ask = async (next_token: string | null) =>
      ((await client.query(AUDIT, { from, to, actor, action, target, limit: PAGE, next_token })) as Row)
        .auditLog;
    return listPages(ask, { ...options, time: 'at', progress });
  },
};

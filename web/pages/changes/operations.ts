import { graphql, type ResultOf } from '../../data/graphql.ts';

export const AUDIT_LOG = graphql(`
  query ChangeLog($actor: String, $action: String, $target: String, $next_token: String) {
    auditLog(actor: $actor, action: $action, target: $target, limit: 50, next_token: $next_token) {
      items {
        id at actor { kind email username sub } operation did target target_name outcome message undoes undone_by undoable_until
        undo_needs before after
      }
      next_token
    }
  }
`);

export const HAPPENED = graphql(`
  query Happened($types: [String!], $next_token: String) {
    events(types: $types, limit: 50, next_token: $next_token) {
      items { id timestamp type title target target_name audit_id }
      next_token
    }
  }
`);

/** Types of events that are no changes: changes are in the log, with who made them. */
export const BY_ITSELF = [
  'EDGE_SILENT',
  'EDGE_BACK',
  'EDGE_BEHIND',
  'EDGE_CAUGHT_UP',
  'EDGE_CLOCK_WRONG',
  'EDGE_CLOCK_RIGHT',
  'PATH_FAILED',
  'PATH_DEGRADED',
  'PATH_RECOVERED',
  'PATH_UNMEASURED',
  'QUARANTINE_FILLED',
  'QUARANTINE_QUIET',
  'REPORTS_REFUSED',
  'REPORTS_TAKEN',
  'WORK_STUCK',
  'WORK_GOES_ON',
  'THRESHOLD_CROSSED',
  'THRESHOLD_CLEARED',
  'ALARM_ENDED',
  'EXPORT_DONE',
  'EXPORT_FAILED',
];

export const ENTRY = graphql(`
  query ChangeEntry($id: ID!) {
    auditEntry(id: $id) {
      id at started_at actor { kind email username sub groups source_ip request_id } operation did target target_name outcome
      error_type message attempts request undoes undone_by undoable_until undo_needs before after
    }
  }
`);

export type LogEntry = ResultOf<typeof AUDIT_LOG>['auditLog']['items'][number];
export type FullEntry = NonNullable<ResultOf<typeof ENTRY>['auditEntry']>;
export type HappenedEvent = ResultOf<typeof HAPPENED>['events']['items'][number];

export const CHANGES_BETWEEN = graphql(`
  query ChangesBetween($from: AWSDateTime!, $to: AWSDateTime!) {
    changesBetween(from: $from, to: $to, limit: 500) {
      from to log_from total
      before { from to bits_per_second completeness { edges_heard edges_expected } }
      after { from to bits_per_second completeness { edges_heard edges_expected } }
      items {
        kind target target_name title effect_bits_per_second before_bits_per_second after_bits_per_second times last_at entry_id
      }
    }
  }
`);

export type Changes = ResultOf<typeof CHANGES_BETWEEN>['changesBetween'];
export type Ranked = Changes['items'][number];

import { ulid } from 'ulid';
import type { Caller } from '../access/caller.ts';
import type { ErrorType } from '../errors.ts';
import type { TableNames } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';

/** One change, or one refused attempt. Written once, never changed. */
export interface AuditEntry {
  /** ULID: sorts by time, and is what `audit_id` in an answer means. */
  id: string;
  /** RFC 3339, UTC. */
  at: string;
  actor: Caller;
  /** The operation by its GraphQL name, such as `deletePolicy`. */
  operation: string;
  /** What it was done to: `policy:7`, `edge:edge-7`, `site:<uuid>` …; null where nothing was named. */
  target: string | null;
  outcome: AuditOutcome;
  error_type: ErrorType | null;
  message: string | null;
  /** What a refused attempt asked for; null when it was done. */
  request: unknown;
  /** The target before and after; null when there is none. */
  before: unknown;
  after: unknown;
  /** What subscribers are told of it; null when nothing is. */
  event: AuditEvent | null;
}

type AuditOutcome = 'DONE' | 'REFUSED';

/** The part of an entry that the broadcast passes on to subscribers. */
export interface AuditEvent {
  type: string;
  site_id: string | null;
  /** Number of the event in its site, without gaps; null where it belongs to no site. */
  site_seq: number | null;
  data?: unknown;
  /** The field of `after` that is the data, so that what is large is stored once. */
  data_in_after?: string;
}

/** What the one who makes a change says about it; the rest of an entry is filled in. */
export interface Change {
  at_ms: number;
  actor: Caller;
  operation: string;
  target: string | null;
  before?: unknown;
  after?: unknown;
  event?: AuditEvent;
}

export interface Refusal {
  at_ms: number;
  actor: Caller;
  operation: string;
  target: string | null;
  error_type: ErrorType;
  message: string;
  request: unknown;
}

/** The entry of a change; put it in the same transaction with {@link auditPut}. */
export function changeEntry({ before = null, after = null, event, ...change }: Change): AuditEntry {
  return {
    ...identify(change),
    outcome: 'DONE',
    error_type: null,
    message: null,
    request: null,
    before,
    after,
    event: event ?? null,
  };
}

/** The entry of an attempt that was refused; nothing was changed, so it stands on its own. */
export function refusalEntry({ error_type, message, request, ...attempt }: Refusal): AuditEntry {
  return {
    ...identify(attempt),
    outcome: 'REFUSED',
    error_type,
    message,
    request,
    before: null,
    after: null,
    event: null,
  };
}

function identify({
  at_ms,
  actor,
  operation,
  target,
}: Pick<Change, 'at_ms' | 'actor' | 'operation' | 'target'>) {
  return { id: ulid(at_ms), at: new Date(at_ms).toISOString(), actor, operation, target };
}

/** The action that adds an entry and can't replace one: entries are kept by month, `AUDIT#2026-01`. */
export function auditPut({ tables, entry }: { tables: TableNames; entry: AuditEntry }): WriteAction & {
  Put: NonNullable<WriteAction['Put']>;
} {
  return {
    Put: {
      TableName: tables.network,
      Item: { pk: auditPartition(entry.at.slice(0, 7)), sk: entry.id, ...entry },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

/** Begins every month's partition of entries. */
export const AUDIT_PREFIX = 'AUDIT#';

/** Partition of a month, `yyyy-mm`. */
export function auditPartition(month: string): string {
  return AUDIT_PREFIX + month;
}

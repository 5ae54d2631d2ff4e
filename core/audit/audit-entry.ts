import { ulid } from 'ulid';
import { z } from 'zod';
import { type Caller, callerSchema } from '../access/caller.ts';
import type { MutationName } from '../access/roles.ts';
import type { ErrorType } from '../errors.ts';
import { conditionOf } from '../storage/item-update.ts';
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
  /**
   * What it was done to: `policy:7`, `edge:edge-7`, `site:<uuid>` …; null where nothing was named.
   */
  target: string | null;
  outcome: 'DONE' | 'REFUSED';
  error_type: ErrorType | null;
  message: string | null;
  /** What a refused attempt asked for; null when it was done. */
  request: unknown;
  /** The target before and after; null when there is none. */
  before: unknown;
  after: unknown;
  /** What is published of it to subscribers; null: nothing. */
  event: AuditEvent | null;
}

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

/** An event as entries keep it. */
const auditEventSchema: z.ZodType<AuditEvent> = z.object({
  type: z.string(),
  site_id: z.string().nullable().default(null),
  site_seq: z.number().nullable().default(null),
  data: z.unknown().optional(),
  data_in_after: z.string().exactOptional(),
});

/** An entry as the Network table keeps it. */
export const auditEntrySchema: z.ZodType<AuditEntry> = z.object({
  id: z.string(),
  at: z.string(),
  actor: callerSchema,
  operation: z.string(),
  target: z.string().nullable().default(null),
  outcome: z.enum(['DONE', 'REFUSED']),
  error_type: z
    .custom<ErrorType>(type => typeof type === 'string')
    .nullable()
    .default(null),
  message: z.string().nullable().default(null),
  request: z.unknown().default(null),
  before: z.unknown().default(null),
  after: z.unknown().default(null),
  event: auditEventSchema.nullable().default(null),
});

/** The part of an entry's item that subscribers get. */
export const publishedEntrySchema = z.object({
  id: z.string(),
  at: z.string(),
  after: z.unknown().optional(),
  event: auditEventSchema.nullish(),
});

/** What a change can be the work of: a mutation, or what the system does by itself. */
export type ChangeOperation = MutationName | 'failbackPath' | 'recoverCounters';

/** What an operation says about its change; the rest of an entry is filled in. */
export interface Change {
  at_ms: number;
  actor: Caller;
  operation: ChangeOperation;
  target: string | null;
  before?: unknown;
  after?: unknown;
  event?: AuditEvent;
}

export interface Refusal {
  at_ms: number;
  actor: Caller;
  /** Queries that were refused included. */
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

/** The entry of an attempt that was refused; nothing was changed, so it is written on its own. */
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
}: Pick<AuditEntry, 'actor' | 'operation' | 'target'> & { at_ms: number }) {
  return { id: ulid(at_ms), at: new Date(at_ms).toISOString(), actor, operation, target };
}

/**
 * The action that adds an entry and can't replace one: entries are kept by month, `AUDIT#2026-01`.
 */
export function auditPut({ tables, entry }: { tables: TableNames; entry: AuditEntry }): WriteAction & {
  Put: NonNullable<WriteAction['Put']>;
} {
  return {
    Put: {
      TableName: tables.network,
      Item: { pk: auditPartition(entry.at.slice(0, 7)), sk: entry.id, ...entry },
      ...conditionOf({ expression: 'attribute_not_exists(#pk)' }),
    },
  };
}

/** Begins every month's partition of entries. */
export const AUDIT_PREFIX = 'AUDIT#';

/** Partition of a month, `yyyy-mm`. */
export function auditPartition(month: string): string {
  return AUDIT_PREFIX + month;
}

import { z } from 'zod';
import { type Caller, callerSchema } from '../access/caller.ts';
import type { MutationName } from '../access/roles.ts';
import type { ErrorType } from '../errors.ts';
import type { BegunOperation } from '../storage/begun-operation.ts';

/** One change, or one refused attempt. Written once, never changed. */
export interface AuditEntry {
  /** ULID, made when the operation began: it is what `audit_id` in an answer means. */
  id: string;
  /** When it was committed, which is its time in the log. RFC 3339, UTC. */
  at: string;
  /** When the operation began. RFC 3339, UTC. */
  started_at: string;
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
  /** How many attempts of the same kind it stands for: above 1 only where refused. */
  attempts: number;
  /** What a refused attempt asked for; null when it was done. */
  request: unknown;
  /** The entry that it reverses; null: none. */
  undoes: string | null;
  /**
   * Of an `undo`: the operation that it amounts to, such as `restoreSite` for that of a deletion.
   */
  did: string | null;
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
  /** What happened, a sentence for a person, where the operation doesn't say it. */
  title?: string;
}

/** An event as entries keep it. */
const auditEventSchema: z.ZodType<AuditEvent> = z.object({
  type: z.string(),
  site_id: z.string().nullable().default(null),
  site_seq: z.number().nullable().default(null),
  data: z.unknown().optional(),
  data_in_after: z.string().exactOptional(),
  title: z.string().exactOptional(),
});

/**
 * An entry as it is stored. Those of earlier releases bear the time at which the operation began
 * only.
 */
export const auditEntrySchema: z.ZodType<AuditEntry> = z
  .object({
    id: z.string(),
    at: z.string(),
    started_at: z.string().optional(),
    actor: callerSchema,
    operation: z.string(),
    target: z.string().nullable().default(null),
    outcome: z.enum(['DONE', 'REFUSED']),
    error_type: z
      .custom<ErrorType>(type => typeof type === 'string')
      .nullable()
      .default(null),
    message: z.string().nullable().default(null),
    attempts: z.number().default(1),
    request: z.unknown().default(null),
    undoes: z.string().nullable().default(null),
    did: z.string().nullable().default(null),
    before: z.unknown().default(null),
    after: z.unknown().default(null),
    event: auditEventSchema.nullable().default(null),
  })
  .transform(({ started_at, ...entry }) => ({ ...entry, started_at: started_at ?? entry.at }));

/** Changes of what is a person's own; the audit log has no entry of them. */
export const PERSONAL_OPERATIONS = ['setPreferences', 'saveView', 'removeView'] as const;

/**
 * What a change can be the work of: a mutation, what the system does by itself, or what only an
 * undo does.
 */
export type ChangeOperation =
  | Exclude<MutationName, (typeof PERSONAL_OPERATIONS)[number]>
  | 'failbackPath'
  | 'recoverCounters'
  | 'restoreEndpoint'
  | 'restorePath';

/** What an operation says about its change, to the audit log and to subscribers. */
export interface Change {
  actor: Caller;
  operation: ChangeOperation;
  target: string | null;
  before?: unknown;
  after?: unknown;
  event?: AuditEvent;
  /** The change that it reverses: that then counts as undone, once. */
  reverses?: Reversal | undefined;
}

export interface Reversal {
  /** Of the entry that is reversed. */
  audit_id: string;
  /** Whether `undo` does it: the entry is then one of `undo`, and the operation what that did. */
  by_undo: boolean;
}

/** A reversal as items keep it. */
export const reversalSchema: z.ZodType<Reversal> = z.object({ audit_id: z.string(), by_undo: z.boolean() });

/** The entry of a change, without the time at which it will be committed. */
export type PendingEntry = Omit<AuditEntry, 'at'>;

/** The entry of a change by an operation that has begun; `auditAction` commits it. */
export function changeEntry(
  { audit_id, started_ms }: BegunOperation,
  { operation, before = null, after = null, event, reverses, ...change }: Change,
): PendingEntry {
  return {
    id: audit_id,
    started_at: new Date(started_ms).toISOString(),
    ...change,
    operation: reverses?.by_undo ? 'undo' : operation,
    undoes: reverses?.audit_id ?? null,
    did: reverses?.by_undo ? operation : null,
    outcome: 'DONE',
    error_type: null,
    message: null,
    attempts: 1,
    request: null,
    before,
    after,
    event: event ?? null,
  };
}

/** An attempt that was refused. */
export interface Refusal {
  actor: Caller;
  /** Queries that were refused included. */
  operation: string;
  target: string | null;
  error_type: ErrorType;
  message: string;
  request: unknown;
}

/** The entry of an attempt that was refused; nothing was changed, so it is written on its own. */
export function refusalEntry(
  { audit_id, started_ms }: BegunOperation,
  { error_type, message, request, ...attempt }: Refusal,
): AuditEntry {
  const at = new Date(started_ms).toISOString();
  return {
    id: audit_id,
    at,
    started_at: at,
    ...attempt,
    outcome: 'REFUSED',
    error_type,
    message,
    attempts: 1,
    request,
    undoes: null,
    did: null,
    before: null,
    after: null,
    event: null,
  };
}

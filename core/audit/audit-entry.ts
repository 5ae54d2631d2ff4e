import { z } from 'zod';
import { type Caller, callerSchema } from '../access/caller.ts';
import type { MutationName } from '../access/roles.ts';
import type { ErrorType } from '../errors.ts';
import type { BegunOperation } from '../storage/begun-operation.ts';

/** One change, or one refused attempt. An entry is written once and never changed. */
export interface AuditEntry {
  /** ULID, made when the operation began; answers contain it as `audit_id`. */
  id: string;
  /** When it was committed, which is its time in the log. RFC 3339, UTC. */
  at: string;
  /** When the operation began. RFC 3339, UTC. */
  started_at: string;
  actor: Caller;
  /** The operation by its GraphQL name, such as `deletePolicy`. */
  operation: string;
  /** The target: `policy:7`, `edge:edge-7`, `site:<uuid>` …; null when there is none. */
  target: string | null;
  outcome: 'DONE' | 'REFUSED';
  error_type: ErrorType | null;
  message: string | null;
  /** How many attempts of the same kind it sums up; above 1 for refused attempts. */
  attempts: number;
  /** The arguments of a refused attempt; null for a change. */
  request: unknown;
  /** The id of the entry that it reverses; null when it reverses none. */
  undoes: string | null;
  /** The operation that an `undo` performed, such as `restoreSite` for the undo of a deletion. */
  did: string | null;
  /** The target before and after; null when there is none. */
  before: unknown;
  after: unknown;
  /** The event that is published to subscribers; null when there is none. */
  event: AuditEvent | null;
}

/** The part of an entry that is published to subscribers. */
export interface AuditEvent {
  type: string;
  site_id: string | null;
  /** Number of the event in its site, without gaps; null for an event without a site. */
  site_seq: number | null;
  data?: unknown;
  /** The field of `after` that contains the data, so that large data is stored once. */
  data_in_after?: string;
  /** A sentence for people about what happened; by default the operation's. */
  title?: string;
}

/** An event in an entry. */
const auditEventSchema: z.ZodType<AuditEvent> = z.object({
  type: z.string(),
  site_id: z.string().nullable().default(null),
  site_seq: z.number().nullable().default(null),
  data: z.unknown().optional(),
  data_in_after: z.string().exactOptional(),
  title: z.string().exactOptional(),
});

/** A stored entry. In those of earlier releases `at` is the time at which the operation began. */
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

/** Changes of a person's own settings, for which the audit log has no entries. */
export const PERSONAL_OPERATIONS = ['setPreferences', 'saveView', 'removeView'] as const;

/** The operations that change something: mutations, changes by the system, and those of undo. */
export type ChangeOperation =
  | Exclude<MutationName, (typeof PERSONAL_OPERATIONS)[number]>
  | 'failbackPath'
  | 'recoverCounters'
  | 'restoreEndpoint'
  | 'restorePath';

/** A change as its operation describes it to the audit log and to subscribers. */
export interface Change {
  actor: Caller;
  operation: ChangeOperation;
  target: string | null;
  before?: unknown;
  after?: unknown;
  event?: AuditEvent;
  /** The change that it reverses, which then counts as undone. */
  reverses?: Reversal | undefined;
}

export interface Reversal {
  /** The id of the reversed entry. */
  audit_id: string;
  /** Whether `undo` reverses it: then the entry's operation is `undo`, and `did` names this one. */
  by_undo: boolean;
}

/** A reversal in items. */
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
  /** An operation's GraphQL name; queries are included. */
  operation: string;
  target: string | null;
  error_type: ErrorType;
  message: string;
  request: unknown;
}

/** The entry of a refused attempt. Nothing was changed, so it needs no transaction. */
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

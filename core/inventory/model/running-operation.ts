import { z } from 'zod';
import { type Caller, callerSchema } from '../../access/caller.ts';
import { type Reversal, reversalSchema } from '../../audit/audit-entry.ts';
import type { Item, ItemKey } from '../../storage/item.ts';
import { runningKey } from './inventory-keys.ts';

/** Operations that need several transactions, or that readers must not see half done. */
export const OPERATION_KIND = {
  deleteSite: 'DELETE_SITE',
  restoreSite: 'RESTORE_SITE',
  removeEndpoint: 'REMOVE_ENDPOINT',
  restoreEndpoint: 'RESTORE_ENDPOINT',
} as const;
export type OperationKind = (typeof OPERATION_KIND)[keyof typeof OPERATION_KIND];

/**
 * An entry of the running operations. Readers hide the site or endpoint that it names, and clean-up
 * finishes it when it was interrupted.
 */
export interface RunningOperation {
  operation_id: string;
  kind: OperationKind;
  site_id: string;
  /** For REMOVE_ENDPOINT and RESTORE_ENDPOINT. */
  endpoint_id?: string;
  /** For RESTORE_ENDPOINT: the removal whose archive it empties. */
  removal_id?: string;
  /** The change that it reverses. */
  reverses?: Reversal;
  /** The site's life that it ends or begins. */
  life: number;
  state: 'RUNNING' | 'ENDED';
  /** Assigned at the start, so that answers can name it before the audit entry exists. */
  audit_id: string;
  actor: Caller;
  started_ms: number;
  /** When a run last worked on it: its lease begins then, see {@link isInterrupted}. */
  touched_ms: number;
  ended_ms?: number;
  /** Paths done, as far as runs recorded it: an indication of progress. */
  done_paths: number;
  endpoints: number;
  /** Number of the site's last event about it. Each write of the entry checks and raises it. */
  seq: number;
  /**
   * Set by a run whose time is up: the table's stream then starts the worker function, which clears
   * it.
   */
  handed_over: boolean;
}

export const runningOperationSchema: z.ZodType<RunningOperation> = z.object({
  operation_id: z.string(),
  kind: z.enum(OPERATION_KIND),
  site_id: z.string(),
  endpoint_id: z.string().exactOptional(),
  removal_id: z.string().exactOptional(),
  reverses: reversalSchema.exactOptional(),
  life: z.number().default(1),
  state: z.enum(['RUNNING', 'ENDED']),
  audit_id: z.string(),
  actor: callerSchema,
  started_ms: z.number(),
  touched_ms: z.number(),
  ended_ms: z.number().exactOptional(),
  done_paths: z.number().default(0),
  endpoints: z.number().default(0),
  seq: z.number(),
  handed_over: z.boolean().default(false),
});

/** How long an entry is kept after its end, so that readers that began before the end find it. */
export const KEEP_ENDED_MS = 60_000;

/**
 * The lease of a run, milliseconds. A run renews it with its chunks, once a second, so it expires
 * this long after the run was interrupted.
 */
const LEASE_MS = 30_000;

/** Whether the lease of an operation has expired, so that another run may claim it. */
export const isInterrupted = ({ touched_ms }: RunningOperation, now: number): boolean =>
  touched_ms + LEASE_MS <= now;

export const runningItem = (operation: RunningOperation): Item & ItemKey => ({
  ...runningKey(operation.site_id, operation.endpoint_id),
  ...operation,
});

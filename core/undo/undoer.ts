import type { Caller } from '../access/caller.ts';
import type { OperationName } from '../access/roles.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { RoutingCaches } from '../routing/routing-caches.ts';
import type { StoreContext } from '../storage/store-context.ts';
import type { UserDirectory } from '../users/user-directory.ts';

export interface UndoRequest {
  context: StoreContext;
  caches: RoutingCaches;
  directory: UserDirectory;
  actor: Caller;
  /** The entry of the change that is to be undone. */
  entry: AuditEntry;
}

export interface Undone {
  /** The id of the undo's own entry. */
  audit_id: string;
  /** What was done, for a person. */
  message: string;
  /** false: it continues in the background. */
  finished: boolean;
}

/** Undoes the changes of one operation. */
export interface Undoer {
  /** A caller who may call this operation may undo it. */
  role: OperationName;
  /** Whether an entry has what the undo needs; those of old releases may not. Default: it has. */
  has?(entry: AuditEntry): boolean;
  /** @throws Conflict that says what has changed since, or why it can't be undone · NotFound */
  undo(request: UndoRequest): Promise<Undone>;
}

/** Why an operation can't be undone: a sentence with what to do instead. */
export interface NotUndoable {
  why: string;
}

export function isUndoer(row: Undoer | NotUndoable): row is Undoer {
  return 'undo' in row;
}

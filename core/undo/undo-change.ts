import { authorize } from '../access/roles.ts';
import type { AuditEntry, ChangeOperation } from '../audit/audit-entry.ts';
import { findEntry } from '../audit/find-entry.ts';
import { effectiveEntry } from '../audit/undone-chain.ts';
import { Conflict, NotFound } from '../errors.ts';
import { readRunning } from '../inventory/removal/operation-entry.ts';
import { DEFAULT_ARCHIVE_DAYS, timestamp } from '../storage/store-context.ts';
import { isUndoer, type NotUndoable, type Undoer, type Undone, type UndoRequest } from './undoer.ts';
import { UNDOERS } from './undoers.ts';

const DAY_MS = 86_400_000;

/**
 * Undoes a change by its audit entry.
 *
 * @throws NotFound for an unknown id · Unauthorized for a caller who may not call the operation
 * that is undone · Conflict that says why it can't be undone
 */
export async function undoChange(
  { context, caches, directory, actor }: Omit<UndoRequest, 'entry'>,
  audit_id: string,
): Promise<Undone> {
  const asked = await readEntry(context, audit_id);
  authorize(undoerOf(asked).role, actor);
  const effective = await effectiveEntry(context, audit_id);
  const entry = effective === audit_id ? asked : await readEntry(context, effective);
  const until_ms = endOfUndo(context, entry);
  if (context.clock() >= until_ms) {
    throw new Conflict(`The change ${entry.id} could be undone until ${timestamp(until_ms)}.`);
  }
  try {
    return await undoerOf(entry).undo({ context, caches, directory, actor, entry });
  } catch (cause) {
    // The target is gone, so that the change can't be undone.
    if (cause instanceof NotFound) throw new Conflict(cause.message, { cause });
    throw cause;
  }
}

/** Until when a change can be undone, RFC 3339; null when it can't be undone. */
export function undoableUntil(context: UndoRequest['context'], entry: AuditEntry): string | null {
  const row = rowOf(entry);
  if (entry.outcome === 'REFUSED' || !row || !isUndoer(row) || !(row.has?.(entry) ?? true)) return null;
  const until_ms = endOfUndo(context, entry);
  return context.clock() < until_ms ? timestamp(until_ms) : null;
}

/**
 * The operation that a caller must be allowed to call to undo a change, such as `deleteSite`; null
 * when it can't be undone.
 */
export function undoNeeds(entry: AuditEntry): string | null {
  const row = rowOf(entry);
  return row && isUndoer(row) ? row.role.split('.')[1]! : null;
}

/** A change can be undone for as long as archives are kept. */
function endOfUndo(
  { archive_days = DEFAULT_ARCHIVE_DAYS }: UndoRequest['context'],
  { at }: AuditEntry,
): number {
  return Date.parse(at) + archive_days * DAY_MS;
}

async function readEntry(context: UndoRequest['context'], audit_id: string): Promise<AuditEntry> {
  const found = await findEntry(context, audit_id);
  if (found) return found.entry;
  const running = await readRunning(context);
  if (running.some(operation => operation.audit_id === audit_id)) {
    throw new Conflict(`The change ${audit_id} is still running. Undo it when it has ended.`);
  }
  throw new NotFound(
    `The audit log has no entry ${JSON.stringify(audit_id.slice(0, 80))}. Give the audit_id of an answer, or the id of an entry that auditLog lists.`,
  );
}

/** @throws Conflict when there is nothing to undo, or the operation can't be undone */
function undoerOf(entry: AuditEntry): Undoer {
  if (entry.outcome === 'REFUSED') {
    throw new Conflict(`The attempt ${entry.id} was refused and changed nothing: there is nothing to undo.`);
  }
  const row = rowOf(entry);
  if (!row) throw new Conflict(`This release doesn't know ${operationOf(entry)} and can't undo it.`);
  if (!isUndoer(row)) throw new Conflict(`${operationOf(entry)} can't be undone. ${row.why}`);
  if (row.has?.(entry) ?? true) return row;
  throw new Conflict(
    `The change ${entry.id} was made by an earlier release, which didn't store what an undo needs.`,
  );
}

function rowOf(entry: AuditEntry): Undoer | NotUndoable | undefined {
  const operation = operationOf(entry);
  return Object.hasOwn(UNDOERS, operation) ? UNDOERS[operation as ChangeOperation] : undefined;
}

function operationOf({ operation, did }: AuditEntry): string {
  return did ?? operation;
}

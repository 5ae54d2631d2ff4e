import type { StoreContext } from '../storage/store-context.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { type AuditEvent, auditPut, type Change, changeEntry } from './audit-entry.ts';

/** What a change says about itself in the audit log and to subscribers. */
export interface ChangeRecord extends Omit<Change, 'at_ms'> {
  event: AuditEvent;
}

/** The action that writes a change's audit entry, and the entry's id. */
export function auditAction(
  context: StoreContext,
  change: ChangeRecord,
): { audit: WriteAction; audit_id: string } {
  const entry = changeEntry({ at_ms: context.clock(), ...change });
  return { audit: auditPut({ tables: context.tables, entry }), audit_id: entry.id };
}

import type { AuditConnection, AuditEntry as PresentedEntry } from '../../graphql/schema.generated.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { type AuditQuery, readAuditLog } from '../audit/read-audit-log.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';

/** `auditLog`: one page. */
export async function answerAuditLog(context: StoreContext, request: AuditQuery): Promise<AuditConnection> {
  const page = await readAuditLog(context, request);
  return {
    items: page.items.map(present),
    next_token: page.next_token,
    settled_until: timestamp(page.settled_until_ms),
  };
}

function present(entry: AuditEntry): PresentedEntry {
  const { id, at, started_at, actor, operation, target, outcome, error_type, message, attempts } = entry;
  return {
    id,
    at,
    started_at,
    actor,
    operation,
    target,
    outcome,
    error_type,
    message,
    attempts,
    request: json(entry.request),
    before: json(entry.before),
    after: json(entry.after),
  };
}

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

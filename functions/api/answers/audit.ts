import type { AuditEntry } from '../../../core/audit/audit-entry.ts';
import { type AuditFilter, readAuditLog } from '../../../core/audit/read-audit-log.ts';
import type { NetworkContext } from '../../../core/network/network-context.ts';
import type { AuditConnection, AuditEntry as PresentedEntry } from '../../../graphql/schema.generated.ts';

/** `auditLog`: one page. */
export async function answerAuditLog(
  context: NetworkContext,
  request: { limit: number; next_token?: string | null | undefined; filter: AuditFilter },
): Promise<AuditConnection> {
  const page = await readAuditLog(context, request);
  return { items: page.items.map(present), next_token: page.next_token };
}

function present(entry: AuditEntry): PresentedEntry {
  const { id, at, actor, operation, target, outcome, error_type, message } = entry;
  return {
    id,
    at,
    actor,
    operation,
    target,
    outcome,
    error_type,
    message,
    request: json(entry.request),
    before: json(entry.before),
    after: json(entry.after),
  };
}

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

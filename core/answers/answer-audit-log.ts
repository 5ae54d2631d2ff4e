import type { AuditConnection, AuditEntry as PresentedEntry } from '../../graphql/schema.generated.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { type AuditView, isSeenBy, seenBy } from '../audit/audit-view.ts';
import { findEntry, readUndoneBy } from '../audit/find-entry.ts';
import { type AuditQuery, readAuditLog } from '../audit/read-audit-log.ts';
import { atOnce } from '../storage/at-once.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';
import { undoableUntil, undoNeeds } from '../undo/undo-change.ts';
import { readTargetNames } from './target-names.ts';

export interface AuditRequest extends AuditQuery {
  /** Whether to read which entries were undone, one read for each entry. */
  with_undone: boolean;
  /** Whether to look up the names of targets. */
  with_names: boolean;
}

/** Entries that are looked up at the same time. */
const AT_ONCE = 16;

/** `auditLog`: one page. */
export async function answerAuditLog(
  context: StoreContext,
  { with_undone, with_names, ...query }: AuditRequest,
): Promise<AuditConnection> {
  const page = await readAuditLog(context, query);
  const [undone, names] = await Promise.all([
    with_undone ? readUndone(context, page.items) : new Map<string, string>(),
    with_names ? readTargetNames(context, page.items) : [],
  ]);
  return {
    items: page.items.map((entry, index) =>
      present(context, entry, { undone_by: undone.get(entry.id) ?? null, target_name: names[index] ?? null }),
    ),
    next_token: page.next_token,
    settled_until: timestamp(page.settled_until_ms),
  };
}

/** `auditEntry`; null: there is none, or the caller may not see it. */
export async function answerAuditEntry(
  context: StoreContext,
  { id, view }: { id: string; view: AuditView | undefined },
): Promise<PresentedEntry | null> {
  const found = await findEntry(context, id);
  if (!found || !isSeenBy(view, found.entry)) return null;
  const [undone, [target_name = null]] = await Promise.all([
    readUndone(context, [found.entry]),
    readTargetNames(context, [found.entry]),
  ]);
  return present(context, seenBy(view, found.entry), { undone_by: undone.get(id) ?? null, target_name });
}

/** The entry that has undone each entry. */
async function readUndone(
  context: StoreContext,
  entries: readonly AuditEntry[],
): Promise<Map<string, string>> {
  const undone = new Map<string, string>();
  const undoable = entries.filter(entry => undoableUntil(context, entry) !== null);
  await atOnce(AT_ONCE, undoable, async ({ id }) => {
    const by = await readUndoneBy(context, id);
    if (by !== undefined) undone.set(id, by);
  });
  return undone;
}

function present(
  context: StoreContext,
  entry: AuditEntry,
  { undone_by, target_name }: Pick<PresentedEntry, 'undone_by' | 'target_name'>,
): PresentedEntry {
  const { id, at, started_at, actor, operation, target, outcome, error_type, message } = entry;
  const { attempts, undoes, did } = entry;
  const undoable_until = undone_by === null ? undoableUntil(context, entry) : null;
  return {
    id,
    at,
    started_at,
    actor,
    operation,
    target,
    target_name,
    outcome,
    error_type,
    message,
    attempts,
    request: json(entry.request),
    undoes,
    did,
    undone_by,
    undoable_until,
    undo_needs: undoable_until === null ? null : undoNeeds(entry),
    before: json(entry.before),
    after: json(entry.after),
  };
}

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

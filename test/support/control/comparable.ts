import type { Shown } from './read-shown.ts';

/** When something was changed last, and what follows from that. */
const VOLATILE = new Set([
  'updated_at',
  'timestamp',
  'age_seconds',
  'deleted_at',
  'restorable_until',
  'policies_version',
  'behind',
  'completeness',
  'audit_id',
  'compared_at',
]);

/** What time alone changes: measurements grow old, and a path that isn't measured comes back. */
const MEASURED = new Set(['metrics', 'status', 'out_for', 'selected_path_id', 'reason', 'routes']);

/** So long, milliseconds, what is measured is taken as it is. */
const FRESH_MS = 20_000;

/** The answers without what an undo can't bring back. `ended_ms`: how long ago the first of them were read. `except`: the target of the change. */
export function comparable(
  shown: Shown,
  {
    ended_ms,
    except,
    fields = [],
  }: { ended_ms: number; except: string | null; fields?: readonly string[] | undefined },
): Record<string, unknown> {
  const isLeftOut = (name: string) =>
    VOLATILE.has(name) || fields.includes(name) || (ended_ms > FRESH_MS && MEASURED.has(name));
  const answers = Object.fromEntries(shown);
  const deleted = answers.deletedSites as { items: { site_id: string }[] };
  // A site whose creation was undone is listed, so that it can be restored.
  const items = deleted.items.filter(({ site_id }) => `site:${site_id}` !== except);
  return JSON.parse(JSON.stringify({ ...answers, deletedSites: items }), (name, value) =>
    isLeftOut(name) ? undefined : value,
  );
}

import type { Shown } from './read-shown.ts';

/** The time of the last change, and values that depend on it. */
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
  'as_of',
  'paths_version',
  'routing_version',
  'settled_until',
  'worst_status',
]);

/**
 * Values that change with time alone: measurements age, and a path without measurements returns to
 * service.
 */
const MEASURED = new Set(['metrics', 'status', 'out_for', 'selected_path_id', 'reason', 'routes']);

/**
 * Fields of lists of paths that may be some seconds old although a measurement has arrived; the
 * policies that avoid a path are shown at once.
 */
const OF_THE_PICTURE = new Set(['metrics', 'status', 'by_status', 'traffic', 'policies']);

/** A measurement counts as current for this time, milliseconds. */
const FRESH_MS = 20_000;

/**
 * The answers without the parts that an undo cannot restore. `ended_ms`: the time since the first
 * of them was read. `except`: the target of the change.
 */
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
  for (const query of Object.keys(answers).filter(name => /^(allPaths|paths)\b/.test(name)))
    answers[query] = without(answers[query], name => OF_THE_PICTURE.has(name));
  return without({ ...answers, deletedSites: items }, isLeftOut);
}

function without<Answer>(answer: Answer, isLeftOut: (name: string) => boolean): Answer {
  return JSON.parse(JSON.stringify(answer), (name, value) => (isLeftOut(name) ? undefined : value));
}

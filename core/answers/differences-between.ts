import { z } from 'zod';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { AuditView } from '../audit/audit-view.ts';
import { readAuditLog } from '../audit/read-audit-log.ts';
import type { Differences, Happened } from '../effects/rank-changes.ts';
import { type Counted, ratesBetween } from '../effects/rates-between.ts';
import { Throttled, ValidationError } from '../errors.ts';
import { eventOfEntry, sitesOf } from '../events/event-of-entry.ts';
import { isStateEvent } from '../events/state-event.ts';
import { aggregate } from '../history/aggregate.ts';
import { readLanesAtEnds } from '../history/lane-history.ts';
import { RESOLUTION_NAMES, RESOLUTIONS } from '../history/resolution.ts';
import type { SnapshotMark } from '../history/sample.ts';
import { timestamp } from '../storage/store-context.ts';
import { type Asking, askedAt } from './asking.ts';

const MINUTE_MS = 60_000;

/** Longest time over which a rate is measured, by the resolution that is kept. */
const MEASURED_OVER = { MINUTE: 5 * MINUTE_MS, HOUR: RESOLUTIONS.HOUR.ms, DAY: RESOLUTIONS.DAY.ms } as const;

/** Upper limit of the log's entries for one answer, read from the newest on. */
const MAX_ENTRIES = 2_000;
const ENTRIES_A_PAGE = 500;

/** The text has no filter to suggest, because none would reduce the work. */
const NO_TIME =
  'There was not enough time to read the counts of all edges at both instants. Try again in a minute.';

/** The time over which rates were measured, between two snapshots. */
export interface Measured {
  from_ms: number;
  mark: SnapshotMark;
  by_policy: Counted;
  by_site: Counted;
}

export interface DifferencesFound extends Differences {
  before: Measured | undefined;
  after: Measured | undefined;
  entries: AuditEntry[];
  /**
   * Since when the log was read, milliseconds. Later than requested if there are more entries.
   */
  log_from_ms: number;
}

/** @throws ValidationError for instants that are no range, or less than a minute apart */
function checkInstants({ from, to, now }: { from: number; to: number; now: number }): void {
  if (to - from < MINUTE_MS) {
    throw new ValidationError(
      `from (${timestamp(from)}) is not at least a minute before to (${timestamp(to)}): choose an earlier from or a later to.`,
      { arguments: ['from', 'to'] },
    );
  }
  if (to > now + MINUTE_MS) {
    throw new ValidationError(`to (${timestamp(to)}) is in the future.`, { arguments: ['to'] });
  }
}

/**
 * The differences between two instants: the rates in the minutes before each of them, and what
 * happened between. It reads every lane four times, and up to 2,000 entries of the log back to the
 * earlier instant.
 *
 * @throws ValidationError for instants that are no range · Throttled at the deadline
 */
export async function differencesBetween(
  asking: Asking,
  { from, to, view }: { from: number; to: number; view: AuditView | undefined },
): Promise<DifferencesFound> {
  checkInstants({ from, to, now: askedAt(asking) });
  const log = readLog(asking, { from, to, view });
  // One after the other: each holds every lane twice.
  const before = await measuredBefore(asking, { at: from, length_ms: to - from });
  const after = await measuredBefore(asking, { at: to, length_ms: to - from });
  const { entries, log_from_ms } = await log;
  return {
    before,
    after,
    entries,
    log_from_ms,
    policies: ratesBetween(before?.by_policy, after?.by_policy),
    sites: ratesBetween(before?.by_site, after?.by_site),
    happened: entries.map(happenedOf),
  };
}

/** Undefined if there are no two snapshots between which to measure a rate. */
async function measuredBefore(
  asking: Asking,
  { at, length_ms }: { at: number; length_ms: number },
): Promise<Measured | undefined> {
  const { context, retention } = asking;
  const now = askedAt(asking);
  const kept = RESOLUTION_NAMES.find(name => at > now - retention[name] + MEASURED_OVER[name]) ?? 'DAY';
  const from = at - Math.min(MEASURED_OVER[kept], length_ms);
  const store = { ...context, table: context.tables.traffic };
  const { before, after } = await readLanesAtEnds(store, { from, to: at, now, retention }).catch(cause => {
    if (cause instanceof Throttled) throw new Throttled(NO_TIME, { cause });
    throw cause;
  });
  if (!before || !after || before.mark.taken_at >= after.mark.taken_at) return undefined;
  const seconds = (after.mark.taken_at - before.mark.taken_at) / 1000;
  const by = (group: 'POLICY' | 'SITE', field: 'policy_id' | 'site_id'): Counted => {
    const lanes = { before: before.lanes, after: after.lanes };
    const { rows } = aggregate({
      ...lanes,
      group_by: [group],
      order_by: 'BYTES',
      limit: Number.POSITIVE_INFINITY,
    });
    return { seconds, bytes: new Map(rows.map(row => [row[field]!, row.bytes])) };
  };
  return {
    from_ms: before.mark.taken_at,
    mark: after.mark,
    by_policy: by('POLICY', 'policy_id'),
    by_site: by('SITE', 'site_id'),
  };
}

async function readLog(
  { context }: Asking,
  { from, to, view }: { from: number; to: number; view: AuditView | undefined },
): Promise<Pick<DifferencesFound, 'entries' | 'log_from_ms'>> {
  const entries: AuditEntry[] = [];
  let next_token: string | null = null;
  do {
    const filter = { from_ms: from, to_ms: to };
    const limit = Math.min(ENTRIES_A_PAGE, MAX_ENTRIES - entries.length);
    const page = await readAuditLog(context, { limit, next_token, filter, view, events: true });
    entries.push(...page.items.filter(({ outcome }) => outcome === 'DONE'));
    next_token = page.next_token;
  } while (next_token !== null && entries.length < MAX_ENTRIES);
  const oldest = entries.at(-1);
  return { entries, log_from_ms: next_token !== null && oldest ? Date.parse(oldest.at) : from };
}

/**
 * The moves in the entries of failovers and failbacks; other entries have none.
 */
const moving = z.object({
  receipt: z.object({
    bytes_moved: z.string().nullable(),
    moved_since: z.string().nullable(),
    source_site_id: z.string(),
    destination_site_id: z.string(),
  }),
});

function happenedOf(entry: AuditEntry): Happened {
  const { id, target } = entry;
  const at = Date.parse(entry.at);
  const receipt = moving.safeParse(entry.after).data?.receipt;
  const [prefix, policy_id] = target?.split(/:(.*)/s) ?? [];
  return {
    ...{ id, at, target },
    kind: receipt ? 'DECISION' : kindOf(entry, prefix),
    title: eventOfEntry(entry).title,
    policy_id: prefix === 'policy' ? policy_id : undefined,
    site_ids: receipt ? [receipt.source_site_id, receipt.destination_site_id] : sitesOf(entry),
    moved: receipt ? movedRate(receipt, at) : null,
  };
}

function kindOf(entry: AuditEntry, prefix: string | undefined): Happened['kind'] {
  if (isStateEvent(entry)) return prefix === 'path' || prefix === 'edge' ? 'STATE' : 'OTHER';
  if (prefix === 'policy') return 'POLICY';
  return ['site', 'endpoint', 'path', 'edge'].includes(prefix ?? '') ? 'INVENTORY' : 'OTHER';
}

function movedRate(
  { bytes_moved, moved_since }: { bytes_moved: string | null; moved_since: string | null },
  at: number,
): number | null {
  if (bytes_moved === null || moved_since === null) return null;
  const seconds = (at - Date.parse(moved_since)) / 1000;
  return seconds > 0 ? (Number(bytes_moved) * 8) / seconds : null;
}

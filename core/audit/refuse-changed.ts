import { z } from 'zod';
import { Conflict } from '../errors.ts';
import { repeatUntil } from '../storage/retrying.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { EntryStore } from './find-entry.ts';
import { readAuditLog, SETTLE_MS } from './read-audit-log.ts';

const RULE = 'if_updated_at must be the updated_at that was read, such as 2026-01-31T12:00:00.000Z.';

/** The argument of every update, as milliseconds since the epoch. */
export const ifUpdatedAt = z
  .string(RULE)
  .transform(text => Date.parse(text))
  .refine(ms => Number.isFinite(ms), RULE)
  .nullish()
  .transform(ms => ms ?? undefined)
  .optional();

/** A thing that is about to be changed, as it is now. */
export interface Current {
  /** For a person, such as `Policy p-1`. */
  what: string;
  /** RFC 3339; null: it isn't there, or was never changed. */
  updated_at: string | null;
  /**
   * How audit entries name it, and what belongs to it: a target that ends in `/` stands for all
   * that begin so.
   */
  targets: readonly string[];
}

/** Entries that are looked through for who changed it. */
const MAX_ENTRIES = 100;

/**
 * Refuses a change that was decided on another state than the current one. Call it in the plan of
 * the change: its write is conditional on what the plan has read, so nothing comes in between.
 *
 * @param if_updated_at of the state that the caller saw; undefined: any
 * @throws Conflict that says who has changed it, and when
 */
export async function refuseChanged(
  store: EntryStore,
  current: Current,
  if_updated_at: number | undefined,
): Promise<void> {
  const { what, updated_at } = current;
  if (if_updated_at === undefined || (updated_at && Date.parse(updated_at) === if_updated_at)) return;
  const seen = new Date(if_updated_at).toISOString();
  const entry = updated_at && (await repeatUntil(store, () => findChange(store, current, updated_at)));
  throw new Conflict(
    `${what} is not as it was at ${seen}: ${entry ? by(entry) : lastChanged(updated_at)}. Read it again, and repeat the change if it still fits.`,
  );
}

function by({ actor, operation, did, at }: AuditEntry): string {
  return `${actor.email ?? actor.username ?? actor.sub} changed it with ${did ?? operation} at ${at}`;
}

function lastChanged(updated_at: string | null): string {
  return updated_at === null ? 'no change of it is known' : `it was last changed at ${updated_at}`;
}

/** The entry of the change of a time: it was committed within a minute of it. */
async function findChange(
  store: EntryStore,
  { targets }: Current,
  updated_at: string,
): Promise<AuditEntry | undefined> {
  const from_ms = Date.parse(updated_at);
  const filter = { from_ms, to_ms: from_ms + SETTLE_MS };
  const { items } = await readAuditLog(store, { limit: MAX_ENTRIES, filter });
  const isOfIt = (target: string | null) =>
    targets.some(name => target === name || (name.endsWith('/') && target?.startsWith(name)));
  return items.findLast(({ outcome, target }) => outcome === 'DONE' && isOfIt(target));
}

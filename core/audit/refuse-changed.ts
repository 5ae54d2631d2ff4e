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

/** The present state of the object that is to be changed. */
export interface Current {
  /** Its name in messages, such as `Policy p-1`. */
  what: string;
  /** RFC 3339; null when it doesn't exist or has not been changed. */
  updated_at: string | null;
  /** Targets of its audit entries, and of its parts; one that ends in `/` is a prefix. */
  targets: readonly string[];
}

/** How many entries are searched for the change. */
const MAX_ENTRIES = 100;

/**
 * Refuses a change that the caller decided on an outdated state. Call it in the plan of the change,
 * whose write is conditional on the state that the plan has read.
 *
 * @param if_updated_at of the state that the caller saw; undefined: any
 * @throws Conflict that says who changed the object, and when
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

/** The entry of the change at a time: it was committed within a minute after it. */
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

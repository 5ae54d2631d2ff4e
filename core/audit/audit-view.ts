import type { Caller } from '../access/caller.ts';
import { isOperator } from '../access/roles.ts';
import type { AuditEntry } from './audit-entry.ts';

/**
 * Who reads the log and sees a part of it: no addresses of others, and of refused attempts the own
 * ones.
 */
export type AuditView = Pick<Caller, 'sub'>;

/** The view of a person; undefined: all of it, for operators and administrators. */
export function viewOf(caller: Caller): AuditView | undefined {
  return isOperator(caller) ? undefined : { sub: caller.sub };
}

/** Whether an entry is seen at all. */
export function isSeenBy(view: AuditView | undefined, { outcome, actor }: AuditEntry): boolean {
  return view === undefined || outcome === 'DONE' || actor.sub === view.sub;
}

/**
 * An entry as it is seen. Of others it says who they are, and neither their e-mail nor their
 * network address.
 */
export function seenBy(view: AuditView | undefined, entry: AuditEntry): AuditEntry {
  return { ...entry, actor: actorSeenBy(view, entry.actor) };
}

export function actorSeenBy(view: AuditView | undefined, actor: Caller): Caller {
  return view === undefined || actor.sub === view.sub ? actor : { ...actor, email: null, source_ip: null };
}

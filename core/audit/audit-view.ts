import type { Caller } from '../access/caller.ts';
import { isOperator } from '../access/roles.ts';
import type { AuditEntry } from './audit-entry.ts';

/**
 * A reader who sees a part of the log: no addresses of others, and no refused attempts of others.
 */
export type AuditView = Pick<Caller, 'sub'>;

/** The view of a caller; undefined for operators and administrators, who see everything. */
export function viewOf(caller: Caller): AuditView | undefined {
  return isOperator(caller) ? undefined : { sub: caller.sub };
}

/** Whether a view includes an entry. */
export function isSeenBy(view: AuditView | undefined, { outcome, actor }: AuditEntry): boolean {
  return view === undefined || outcome === 'DONE' || actor.sub === view.sub;
}

/** An entry in a view: others' e-mail and network addresses are null. */
export function seenBy(view: AuditView | undefined, entry: AuditEntry): AuditEntry {
  return { ...entry, actor: actorSeenBy(view, entry.actor) };
}

export function actorSeenBy(view: AuditView | undefined, actor: Caller): Caller {
  return view === undefined || actor.sub === view.sub ? actor : { ...actor, email: null, source_ip: null };
}

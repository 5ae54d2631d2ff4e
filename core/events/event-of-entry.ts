import type { Caller } from '../access/caller.ts';
import type { AuditEntry, ChangeOperation } from '../audit/audit-entry.ts';
import type { Item } from '../storage/item.ts';
import { CHANGE_EVENTS, type ChangeEvent } from './change-events.ts';
import { isStateEvent } from './state-event.ts';

/**
 * An event for subscribers of `events` and in answers of the query `events`. It is delivered at
 * least once: `id` shows repeats, `site_seq` shows gaps.
 */
export interface BroadcastEvent {
  id: string;
  type: string;
  /** RFC 3339, UTC. */
  timestamp: string;
  site_id: string | null;
  /** Number of the event in its site, raised by one; null for an event without a site. */
  site_seq: number | null;
  data: unknown;
  /** A sentence for people about what happened. */
  title: string;
  /** The caller without addresses; null for a state that changed by itself. */
  actor: Caller | null;
  /** The target as in the audit log, such as `policy:7`; null when there is none. */
  target: string | null;
  /** The target's name for people. */
  target_name: string | null;
  /** The entry of the change; null for a state that changed by itself. */
  audit_id: string | null;
}

/** The event of an entry: of a change, or of a state that changed by itself. */
export function eventOfEntry(entry: AuditEntry): BroadcastEvent {
  const { id, at, target, event } = entry;
  const by_itself = isStateEvent(entry);
  const row = rowOf(entry);
  const { kind, name } = nameOf(entry);
  return {
    id,
    type: event?.type ?? row?.type ?? 'CHANGED',
    timestamp: at,
    site_id: event?.site_id ?? siteOf(entry),
    site_seq: event?.site_seq ?? null,
    data: dataOf(entry),
    title: titleOf(entry, row, kind === null ? 'The system' : `${kind} ${name}`),
    actor: by_itself ? null : publicActor(entry.actor),
    target,
    target_name: name,
    audit_id: by_itself ? null : id,
  };
}

/** The sites of an event; for a path those at both ends. */
export function sitesOf(entry: AuditEntry): string[] {
  const { before, after, event } = entry;
  const fields = ['site_id', 'source_site_id', 'destination_site_id'];
  const values = [before, after].flatMap(state => fields.map(field => (state as Item | null)?.[field]));
  const named = [event?.site_id, siteOf(entry), ...values];
  return [...new Set(named.filter(site => typeof site === 'string'))];
}

function titleOf(entry: AuditEntry, row: ChangeEvent | undefined, thing: string): string {
  const said = (entry.event as { title?: string } | null)?.title;
  if (said !== undefined) return said;
  const title = row?.title(thing, entry) ?? `${thing} was changed.`;
  return entry.did === null ? title : `${title.slice(0, -1)} (undo).`;
}

function rowOf({ operation, did }: AuditEntry): ChangeEvent | undefined {
  const done = did ?? operation;
  // Entries of other releases may name operations that this one doesn't know.
  return Object.hasOwn(CHANGE_EVENTS, done) ? CHANGE_EVENTS[done as ChangeOperation] : undefined;
}

function dataOf({ event, after }: AuditEntry): unknown {
  if (!event) return null;
  const { data, data_in_after } = event;
  return data_in_after === undefined ? data : (after as Item | null)?.[data_in_after];
}

function siteOf({ target, before, after }: AuditEntry): string | null {
  const [kind, id = ''] = target?.split(/:(.*)/s) ?? [];
  if (kind === 'site') return id;
  if (kind === 'endpoint') return id.split('/')[0]!;
  const site = ((after ?? before) as Item | null)?.site_id;
  return typeof site === 'string' ? site : null;
}

/** Prefixes of targets, and the words for people. */
const KINDS: Record<string, string> = {
  policy: 'Policy',
  site: 'Site',
  endpoint: 'Endpoint',
  path: 'Path',
  edge: 'Edge',
  export: 'Export',
  alarm: 'Alarm',
  incident: 'Incident',
  group: 'Group',
};

/** The name of an entry's target for people: that of its states before and after, else its id. */
function nameOf({ target, before, after }: AuditEntry): { kind: string | null; name: string | null } {
  if (target === null) return { kind: null, name: null };
  const [prefix, id = ''] = target.split(/:(.*)/s) as [string, string?];
  const kind = KINDS[prefix] ?? null;
  const short = prefix === 'endpoint' ? id.slice(id.indexOf('/') + 1) : id;
  return { kind, name: namedIn(after) ?? namedIn(before) ?? short };
}

function namedIn(state: unknown): string | undefined {
  const { name, site } = (state ?? {}) as { name?: unknown; site?: { name?: unknown } };
  return [name, site?.name].find(found => typeof found === 'string') as string | undefined;
}

/** A caller without e-mail and network addresses, which operators alone see. */
export function publicActor(actor: Caller): Caller {
  return { ...actor, email: null, source_ip: null };
}

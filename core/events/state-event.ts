import { ulid } from 'ulid';
import { type Caller, systemCaller } from '../access/caller.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { eventPartition, monthOf, placeOf } from '../audit/audit-keys.ts';
import { conditionOf } from '../storage/item-update.ts';
import type { TableNames } from '../storage/tables.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import type { WriteAction } from '../storage/write-action.ts';

/** A state that changed by itself, such as that of an edge that fell silent. */
export interface StateChange {
  type: string;
  /** A sentence for people about what happened. */
  title: string;
  target: string;
  site_id: string | null;
  /** The target's name for people. */
  target_name?: string | undefined;
  data?: unknown;
  /** The function that noticed it, such as `cleanup`. */
  job: string;
}

/** How long events of states are kept, seconds: 30 days. */
const KEPT_S = 30 * 86_400;

/**
 * The action that records an event of a state, in the transaction that changes the state: this is
 * conditional on the state before, so each event is recorded once. The event has the form of an
 * audit entry. Call it right before a try that lasts less than a minute, see SETTLE_MS.
 */
export function stateEventAction(tables: TableNames, at_ms: number, change: StateChange): WriteAction {
  const { type, title, target, target_name, site_id, data = null, job } = change;
  const id = ulid(at_ms);
  const at = new Date(at_ms).toISOString();
  const entry: Omit<AuditEntry, 'started_at' | 'event'> & { event: object } = {
    id,
    at,
    actor: systemCaller(job) satisfies Caller,
    operation: type,
    target,
    outcome: 'DONE',
    error_type: null,
    message: null,
    attempts: 1,
    request: null,
    undoes: null,
    did: null,
    before: null,
    after: target_name === undefined ? null : { name: target_name },
    event: { type, site_id, site_seq: null, data, title },
  };
  return {
    Put: {
      TableName: tables.audit,
      Item: {
        pk: eventPartition(monthOf(at_ms)),
        sk: placeOf({ at_ms, id }),
        ...entry,
        [TTL_ATTRIBUTE]: Math.ceil(at_ms / 1000) + KEPT_S,
      },
      ...conditionOf({ expression: 'attribute_not_exists(#pk)' }),
    },
  };
}

/** Whether an entry is the event of a state that changed by itself. */
export function isStateEvent({ operation, event }: Pick<AuditEntry, 'operation' | 'event'>): boolean {
  return event !== null && event.type === operation;
}

import type { Caller } from '../../access/caller.ts';
import { EDGE_ID_RULE, isEdgeId } from '../../access/edge-identity.ts';
import { auditAction } from '../../audit/audit-action.ts';
import type { ChangeOperation } from '../../audit/audit-entry.ts';
import { noEdge, ValidationError } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import {
  DEFAULT_INTERVAL_S,
  type EdgeItem,
  edgeFromItem,
  edgeToItem,
  type RegisteredEdge,
} from './edge-items.ts';
import { serviceAfter } from './edge-service.ts';
import { readEdgeItem } from './read-edges.ts';

/**
 * Enters an edge in the inventory, moves it to another site, gives it another interval, or takes a retired one back into service.
 * Without `interval_s` an edge keeps the one it was registered with before, else 60 seconds.
 *
 * @throws ValidationError for an id that is not in the inventory and that no new edge may have, see {@link isEdgeId}
 */
export function registerEdge(
  context: StoreContext,
  actor: Caller,
  { id, site_id, interval_s }: { id: string; site_id: string; interval_s?: number | undefined },
): Promise<RegisteredEdge> {
  return change(context, { actor, operation: 'registerEdge' }, id, (before, now) => {
    if (!before && !isEdgeId(id)) throw notForNewEdges();
    return {
      id,
      site_id,
      interval_s: interval_s ?? before?.interval_s ?? DEFAULT_INTERVAL_S,
      registered_at: now,
      retired_at: null,
    };
  });
}

function notForNewEdges(): ValidationError {
  return new ValidationError(
    `id must be ${EDGE_ID_RULE}: an edge signs with a role whose session name is its id. Choose such an id, and start the edge with it (--edge-id). Edges that were registered under other ids before keep them.`,
  );
}

/** Takes an edge out of service; doing it again changes nothing. @throws NotFound when it isn't registered. */
export function retireEdge(context: StoreContext, actor: Caller, id: string): Promise<RegisteredEdge> {
  return change(context, { actor, operation: 'retireEdge' }, id, (before, now) => {
    if (!before) throw noEdge(id);
    return { ...before, retired_at: before.retired_at ?? now };
  });
}

type Decide = (before: RegisteredEdge | undefined, now: string) => RegisteredEdge;

function change(
  context: StoreContext,
  author: { actor: Caller; operation: ChangeOperation },
  id: string,
  decide: Decide,
): Promise<RegisteredEdge> {
  return commitChange(context, async begun => {
    const item = await readEdgeItem(context, id);
    const before = item && edgeFromItem(item);
    const now = timestamp(context.clock());
    const after = decide(before, now);
    const Item = edgeToItem(after, {
      revision: (item?.revision ?? 0) + 1,
      service: serviceAfter(item, after, now),
    });
    const { tables } = context;
    const audit = auditAction(tables, begun, { ...author, target: `edge:${id}`, before, after });
    return {
      actions: [edgeAction(tables.network, item, Item), audit],
      result: after,
    };
  });
}

function edgeAction(TableName: string, before: EdgeItem | undefined, Item: EdgeItem): WriteAction {
  const condition = before
    ? { expression: '#revision = :revision', values: { revision: before.revision } }
    : { expression: 'attribute_not_exists(#pk)' };
  return { Put: { TableName, Item, ...conditionOf(condition) } };
}

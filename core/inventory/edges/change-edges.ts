import type { Caller } from '../../access/caller.ts';
import { auditPut, type ChangeOperation, changeEntry } from '../../audit/audit-entry.ts';
import { noEdge } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { type EdgeItem, edgeFromItem, edgeToItem, type RegisteredEdge } from './edge-items.ts';
import { readEdgeItem } from './read-edges.ts';

/** Enters an edge in the inventory, moves it to another site, or takes a retired one back into service. */
export function registerEdge(
  context: StoreContext,
  actor: Caller,
  { id, site_id }: { id: string; site_id: string },
): Promise<RegisteredEdge> {
  return change(context, { actor, operation: 'registerEdge' }, id, (_, now) => ({
    id,
    site_id,
    registered_at: now,
    retired_at: null,
  }));
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
  return commitChange(context, async () => {
    const item = await readEdgeItem(context, id);
    const before = item && edgeFromItem(item);
    const at_ms = context.clock();
    const after = decide(before, timestamp(at_ms));
    const entry = changeEntry({ at_ms, ...author, target: `edge:${id}`, before, after });
    const { tables } = context;
    return {
      actions: [edgeAction(tables.network, item, after), auditPut({ tables, entry })],
      result: after,
    };
  });
}

function edgeAction(TableName: string, before: EdgeItem | undefined, after: RegisteredEdge): WriteAction {
  const condition = before
    ? { expression: '#revision = :revision', values: { revision: before.revision } }
    : { expression: 'attribute_not_exists(#pk)' };
  const Item = edgeToItem(after, (before?.revision ?? 0) + 1);
  return { Put: { TableName, Item, ...conditionOf(condition) } };
}

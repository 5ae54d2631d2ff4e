import type { Caller } from '../../access/caller.ts';
import { auditPut, type ChangeOperation, changeEntry } from '../../audit/audit-entry.ts';
import { NotFound } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
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
    if (before) return { ...before, retired_at: before.retired_at ?? now };
    throw new NotFound(`Edge ${JSON.stringify(id)} is not registered: the query edges lists those that are.`);
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
  if (!before) {
    return {
      Put: { TableName, Item: edgeToItem(after, 1), ConditionExpression: 'attribute_not_exists(pk)' },
    };
  }
  return {
    Put: {
      TableName,
      Item: edgeToItem(after, before.revision + 1),
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: { ':revision': before.revision },
    },
  };
}

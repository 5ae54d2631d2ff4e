import { isDeepStrictEqual } from 'node:util';
import type { ChangeOperation } from '../audit/audit-entry.ts';
import { Conflict } from '../errors.ts';
import { edgeActions } from '../inventory/edges/change-edges.ts';
import {
  type EdgeItem,
  edgeFromItem,
  edgeToItem,
  type RegisteredEdge,
  registeredEdgeSchema,
} from '../inventory/edges/edge-items.ts';
import { serviceAfter, serviceReopened } from '../inventory/edges/edge-service.ts';
import { readEdgeItem } from '../inventory/edges/read-edges.ts';
import { conditionOf } from '../storage/item-update.ts';
import { timestamp } from '../storage/store-context.ts';
import type { WriteAction } from '../storage/write-action.ts';
import { commitUndo } from './commit-undo.ts';
import { stepBack } from './step-back.ts';
import type { Undoer, UndoRequest } from './undoer.ts';

const stored = registeredEdgeSchema.nullable();

/** registerEdge, retireEdge: restores the edge's site, interval and service. */
export function undoEdge(role: Undoer['role'], did: ChangeOperation): Undoer {
  return { role, undo: request => commitUndo(request, () => plan(request, did)) };
}

async function plan({ context, entry }: UndoRequest, did: ChangeOperation) {
  const [left, right] = [stored.parse(entry.before), stored.parse(entry.after)];
  const id = (right ?? left)!.id;
  const what = `Edge ${JSON.stringify(id)}`;
  if (!isDeepStrictEqual(left?.keys, right?.keys)) {
    throw new Conflict(
      `${what} got a key by this change, and keys can't be undone. Revoke it with revokeEdgeKey, and set the other values with registerEdge.`,
    );
  }
  const [before, after] = [withoutKeys(left), withoutKeys(right)];
  const item = await readEdgeItem(context, id);
  const current = item && edgeFromItem(item);
  const table = context.tables.network;
  if (!after) {
    if (current) throw new Conflict(`${what} is registered again: change it with registerEdge.`);
    const Item = edgeToItem(before!, {
      revision: 1,
      service: serviceAfter(undefined, before!, before!.registered_at),
    });
    return {
      did,
      actions: edgeActions(context.tables, undefined, Item),
      after: before!,
      message: `${what} is registered again.`,
    };
  }
  if (!item || !current)
    throw new Conflict(`${what} isn't registered any more: register it with registerEdge.`);
  if (!before) {
    if (!isDeepStrictEqual(current, after)) {
      throw new Conflict(`${what} was changed since: take it out of service with retireEdge.`);
    }
    return {
      did,
      actions: [removeEdge(table, item)],
      before: current,
      message: `${what} isn't registered any more.`,
    };
  }
  const now = timestamp(context.clock());
  const back = stepBack({ what, by_hand: 'registerEdge', before, after, current, now });
  const reopens = current.retired_at !== null && back.retired_at === null;
  const service = reopens ? serviceReopened(item) : serviceAfter(item, back, now);
  const Item = edgeToItem(back, { revision: item.revision + 1, service });
  return {
    did,
    actions: edgeActions(context.tables, item, Item),
    before: current,
    after: back,
    message: `${what} is as it was before the change.`,
  };
}

function removeEdge(TableName: string, { pk, sk, revision }: EdgeItem): WriteAction {
  const unchanged = conditionOf({ expression: '#revision = :revision', values: { revision } });
  return { Delete: { TableName, Key: { pk, sk }, ...unchanged } };
}

function withoutKeys(
  edge: (RegisteredEdge & { keys?: unknown[] | undefined }) | null,
): RegisteredEdge | null {
  if (!edge) return null;
  const { keys: _, ...rest } = edge;
  return rest;
}

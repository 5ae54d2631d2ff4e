import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import type { ChangeOperation } from '../../audit/audit-entry.ts';
import { type KeyChange, planAddedKey, planRevokedKey } from '../../edge-keys/plan-key-change.ts';
import { noEdge } from '../../errors.ts';
import { readPublicKey } from '../../report/public-key.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { conditionOf } from '../../storage/item-update.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { ChangedEdge } from './change-edges.ts';
import { edgeFromItem } from './edge-items.ts';
import { readEdgeItem } from './read-edges.ts';

/** Another key of an edge. */
export interface AnotherKey {
  edge_id: string;
  /** As a JWK or in PEM. */
  public_key: string;
  /** RFC 3339: when the key becomes valid; default now. */
  from?: string | undefined;
}

/**
 * Adds a key to an edge. Its other keys stay valid, so that the edge can change from one to the
 * other without a gap; revoke the old one afterwards. A key that the edge already has changes
 * nothing.
 *
 * @throws NotFound when the edge isn't registered · ValidationError for an unusable key · Conflict
 * for a key of another edge
 */
export async function rotateEdgeKey(
  context: StoreContext,
  actor: Caller,
  { edge_id, public_key, from }: AnotherKey,
): Promise<ChangedEdge> {
  const key = await readPublicKey(public_key);
  const from_ms = from === undefined ? undefined : Date.parse(from);
  return change(context, { actor, operation: 'rotateEdgeKey' }, edge_id, () =>
    planAddedKey(context, edge_id, key, { from_ms }),
  );
}

/**
 * Revokes a key of an edge, now or as of an earlier time: reports that reach the stream from then
 * on don't count with it. Reports that were counted stay counted. An edge whose keys are all
 * revoked counts nothing until another key is added.
 *
 * @throws NotFound when the edge isn't registered or has no such key · ValidationError for a time
 * in the future
 */
export function revokeEdgeKey(
  context: StoreContext,
  actor: Caller,
  { edge_id, kid, at }: { edge_id: string; kid: string; at?: string | undefined },
): Promise<ChangedEdge> {
  const at_ms = at === undefined ? undefined : Date.parse(at);
  return change(context, { actor, operation: 'revokeEdgeKey' }, edge_id, () =>
    planRevokedKey(context, edge_id, { kid, at_ms }),
  );
}

function change(
  context: StoreContext,
  author: { actor: Caller; operation: ChangeOperation },
  edge_id: string,
  plan: () => Promise<KeyChange>,
): Promise<ChangedEdge> {
  return commitChange(context, async begun => {
    const item = await readEdgeItem(context, edge_id);
    if (!item) throw noEdge(edge_id);
    const { actions, before, after } = await plan();
    const result = { ...edgeFromItem(item), keys: after };
    if (actions.length === 0) return { actions, result };
    const { tables } = context;
    const audit = auditAction(tables, begun, {
      ...author,
      target: `edge:${edge_id}`,
      before: { keys: before },
      after: { keys: after },
    });
    const isRegistered = {
      ConditionCheck: {
        TableName: tables.network,
        Key: { pk: item.pk, sk: item.sk },
        ...conditionOf({ expression: '#revision = :revision', values: { revision: item.revision } }),
      },
    };
    return { actions: [...actions, isRegistered, audit], result };
  });
}

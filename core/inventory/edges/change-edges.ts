import type { Caller } from '../../access/caller.ts';
import { EDGE_ID_RULE, isEdgeId } from '../../access/edge-identity.ts';
import { auditAction } from '../../audit/audit-action.ts';
import type { ChangeOperation } from '../../audit/audit-entry.ts';
import { refuseChanged } from '../../audit/refuse-changed.ts';
import type { EdgeKey } from '../../edge-keys/edge-key-items.ts';
import { type KeyChange, planAddedKey } from '../../edge-keys/plan-key-change.ts';
import { noEdge, Unauthorized, ValidationError } from '../../errors.ts';
import { type PublicKey, readPublicKey } from '../../report/public-key.ts';
import { commitOnce } from '../../storage/commit-once.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import {
  DEFAULT_INTERVAL_S,
  type EdgeItem,
  edgeFromItem,
  edgeToItem,
  edgeUpdatedAt,
  type RegisteredEdge,
} from './edge-items.ts';
import { serviceAfter } from './edge-service.ts';
import { readEdgeItem } from './read-edges.ts';
import { listEdgeAction } from './site-edges.ts';

/** An edge after a change, with its keys when these changed. */
export interface ChangedEdge extends RegisteredEdge {
  keys?: EdgeKey[];
}

/** Input of {@link registerEdge}. */
export interface EdgeRegistration {
  id: string;
  site_id: string;
  interval_s?: number | undefined;
  /** Its public key as a JWK or in PEM; from then on its reports must be signed. */
  public_key?: string | undefined;
  /** Makes the request repeatable. */
  client_token?: string | null | undefined;
  /** `updated_at` of the state that the caller saw, milliseconds. */
  if_updated_at?: number | undefined;
}

/**
 * Adds an edge to the inventory, moves it to another site, changes its interval, or returns a
 * retired edge to service. Without `interval_s` an edge keeps its registered interval; a new one
 * gets 60 seconds.
 *
 * @throws ValidationError for a new edge whose id isn't allowed, see {@link isEdgeId} · Conflict
 * when the edge has changed since `if_updated_at`
 */
export async function registerEdge(
  context: StoreContext,
  actor: Caller,
  { client_token, ...given }: EdgeRegistration,
): Promise<ChangedEdge> {
  const { id, site_id, interval_s, public_key, if_updated_at } = given;
  const key = public_key === undefined ? undefined : await readPublicKey(public_key);
  const decide: Decide = (before, now) => {
    if (!before && !isEdgeId(id)) throw notForNewEdges();
    return {
      id,
      site_id,
      interval_s: interval_s ?? before?.interval_s ?? DEFAULT_INTERVAL_S,
      registered_at: now,
      retired_at: null,
    };
  };
  const planKey = key && (() => planRegisteredKey(context, actor, id, key));
  const author: Authorship = { actor, operation: 'registerEdge', client_token, given };
  return change(context, author, { id, decide, planKey, if_updated_at });
}

/**
 * An edge's initial key may come with its registration. Adding another one decides whose reports
 * count, so it needs an administrator.
 */
async function planRegisteredKey(
  context: StoreContext,
  { groups }: Caller,
  id: string,
  key: PublicKey,
): Promise<KeyChange> {
  const plan = await planAddedKey(context, id, key);
  if (plan.before.length === 0 || plan.actions.length === 0 || groups.includes('admin')) return plan;
  throw new Unauthorized(
    `Edge ${JSON.stringify(id)} already has a key. An administrator can add another one, here or with rotateEdgeKey.`,
  );
}

function notForNewEdges(): ValidationError {
  return new ValidationError(
    `id must be ${EDGE_ID_RULE}: the role session of the edge has this name. Choose such an id, and start the edge with it (--edge-id). Edges that were registered with other ids earlier keep them.`,
    { arguments: ['id'] },
  );
}

/** Retires an edge; repeating it changes nothing. @throws NotFound when it isn't registered */
export function retireEdge(
  context: StoreContext,
  actor: Caller,
  { id, if_updated_at }: { id: string; if_updated_at?: number | undefined },
): Promise<RegisteredEdge> {
  const decide: Decide = (before, now) => {
    if (!before) throw noEdge(id);
    return { ...before, retired_at: before.retired_at ?? now };
  };
  return change(context, { actor, operation: 'retireEdge' }, { id, decide, if_updated_at });
}

type Decide = (before: RegisteredEdge | undefined, now: string) => RegisteredEdge;

interface Authorship {
  actor: Caller;
  operation: ChangeOperation;
  client_token?: string | null | undefined;
  given?: object;
}

interface PlannedEdge {
  id: string;
  decide: Decide;
  planKey?: (() => Promise<KeyChange>) | undefined;
  if_updated_at: number | undefined;
}

function change(
  context: StoreContext,
  { client_token, given = {}, ...author }: Authorship,
  { id, decide, planKey, if_updated_at }: PlannedEdge,
): Promise<ChangedEdge> {
  const request = { owner: author.actor.sub, operation: author.operation, client_token, given };
  return commitOnce(context, request, async begun => {
    const item = await readEdgeItem(context, id);
    const before = item && edgeFromItem(item);
    await refuseChanged(
      context,
      {
        what: `Edge ${JSON.stringify(id)}`,
        updated_at: before ? edgeUpdatedAt(before) : null,
        targets: [`edge:${id}`],
      },
      if_updated_at,
    );
    const now = timestamp(context.clock());
    const after = decide(before, now);
    const Item = edgeToItem(after, {
      revision: (item?.revision ?? 0) + 1,
      service: serviceAfter(item, after, now),
    });
    const key = await planKey?.();
    const states = key
      ? { before: before && { ...before, keys: key.before }, after: { ...after, keys: key.after } }
      : { before, after };
    const { tables } = context;
    const audit = auditAction(tables, begun, { ...author, target: `edge:${id}`, ...states });
    return {
      actions: [...edgeActions(tables, item, Item), ...(key?.actions ?? []), audit],
      result: key ? { ...after, keys: key.after } : after,
    };
  });
}

/** The actions that replace the edge's item that was read, and list the edge under its site. */
export function edgeActions(
  tables: Pick<TableNames, 'network'>,
  before: EdgeItem | undefined,
  Item: EdgeItem,
): WriteAction[] {
  const condition = before
    ? { expression: '#revision = :revision', values: { revision: before.revision } }
    : { expression: 'attribute_not_exists(#pk)' };
  const put = { Put: { TableName: tables.network, Item, ...conditionOf(condition) } };
  const isListed = before?.listed === true && before.site_id === Item.site_id;
  return isListed ? [put] : [put, listEdgeAction(tables, Item)];
}

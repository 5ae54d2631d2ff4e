import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { type AuditEntry, auditEntrySchema } from '../../audit/audit-entry.ts';
import { isChange } from '../../audit/audit-keys.ts';
import { commandAction } from '../../commands/command-store.ts';
import { NotFound } from '../../errors.ts';
import type { StreamChange } from '../../events/stream-change.ts';
import { type Path, peerOf } from '../../inventory/model/site.ts';
import { readPath } from '../../inventory/paths/read-paths.ts';
import { atOnce } from '../../storage/at-once.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { ConditionFailed, repeatUntil } from '../../storage/retrying.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { makeDecision } from '../choice/routing-decision.ts';
import { readEnabledRouting } from '../decisions/policy-routing.ts';
import { candidatesFor } from '../decisions/read-candidates.ts';
import { readPairNow } from '../decisions/read-pair-now.ts';
import { readEdgesOf } from './path-edges.ts';

/**
 * Operations after which edges have other routes, also when an undo does them. Each has one audit
 * entry.
 */
const CHANGES_ROUTES = new Set(['failoverPath', 'failbackPath', 'restorePath']);

const CONCURRENT_PUTS = 32;

/**
 * Orders the edges at both ends of a path to use other routes, after a change of the path in the
 * audit log. The orders follow from the present state, not from the state when the entry was
 * written. So after several changes the last orders are right, in whatever sequence the entries are
 * processed. It may be repeated: edges that have their order of this entry, or one made from newer
 * readings, are left alone.
 *
 * @returns how many edges got an order
 * @throws Conflict or Throttled at the deadline; a repetition does the rest
 */
export async function orderRoutes(context: StoreContext, change: StreamChange): Promise<number> {
  const { kind, pk, after } = change;
  if (!after || kind !== 'INSERT' || !isChange(pk)) return 0;
  const entry = parseItem(auditEntrySchema, after);
  // The entry of an undo has the operation that the undo did in `did`.
  if (entry.outcome !== 'DONE' || !CHANGES_ROUTES.has(entry.did ?? entry.operation)) return 0;
  const path = await pathOf(context, entry);
  return path ? orderAtEdges(context, { path, entry }) : 0;
}

/** The path of an entry; undefined: it was removed, and edges are notified of that separately. */
async function pathOf(context: StoreContext, { target }: AuditEntry): Promise<Path | undefined> {
  try {
    return await readPath(context, String(target).replace(/^path:/, ''));
  } catch (cause) {
    if (cause instanceof NotFound) return undefined;
    throw cause;
  }
}

async function orderAtEdges(
  context: StoreContext,
  { path, entry }: { path: Path; entry: AuditEntry },
): Promise<number> {
  const read_at = timestamp(context.clock());
  const [edges, routes] = await Promise.all([readEdgesOf(context, path), routesNow(context, path)]);
  if (!routes) return 0;
  let ordered = 0;
  await atOnce(CONCURRENT_PUTS, edges, async edge => {
    const data = { destination_site_id: peerOf(path, edge.site_id), routes };
    const { Put } = commandAction(context, edge.id, { type: 'ROUTES', data }).action;
    const put = new PutCommand({
      ...Put,
      Item: { ...Put.Item, read_at, entry_id: entry.id },
      ...conditionOf({
        expression: 'attribute_not_exists(#read_at) OR (#read_at <= :read_at AND #entry_id <> :entry_id)',
        values: { read_at, entry_id: entry.id },
      }),
    });
    try {
      await repeatUntil(context, () => context.client.send(put));
      ordered++;
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
    }
  });
  return ordered;
}

/**
 * The present path of every enabled policy between the two sites; undefined: a site was removed.
 */
async function routesNow(
  context: StoreContext,
  path: Path,
): Promise<{ policy_id: string; path_id: string | null }[] | undefined> {
  try {
    const [pair, policies] = await Promise.all([readPairNow(context, path), readEnabledRouting(context)]);
    const now = context.clock();
    return Array.from(policies, ([policy_id, { preference }]) => ({
      policy_id,
      path_id: makeDecision(candidatesFor(pair, { policy_id, now }), { preference, now }).selected_path_id,
    }));
  } catch (cause) {
    if (cause instanceof NotFound) return undefined;
    throw cause;
  }
}

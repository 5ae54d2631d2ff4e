import { type AuditEntry, auditEntrySchema } from '../audit/audit-entry.ts';
import { isChange } from '../audit/audit-keys.ts';
import type { StreamChange } from '../events/stream-change.ts';
import { readExpectedEdges } from '../inventory/edges/read-edges.ts';
import { META_KEY } from '../inventory/policies/policy-items.ts';
import { parseItem } from '../storage/parse-item.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { COMMAND_PREFIX, toPending } from './command-store.ts';
import type { PendingCommand } from './edge-command.ts';
import { edgesToNotify, mayNotifyEdges } from './edges-to-notify.ts';
import { handedOut } from './handed-out.ts';
import { policiesCommand } from './pending-commands.ts';

/**
 * What a change of the Audit or Network table publishes to edges that listen: a new command; when a policy
 * changed, the newer version to every edge in service; when paths changed, a hint to read them
 * again to the edges that it concerns.
 */
export async function commandsOf(change: StreamChange, context: StoreContext): Promise<PendingCommand[]> {
  const { kind, pk, sk, after, at_ms } = change;
  if (!after) return [];
  if (pk.startsWith(COMMAND_PREFIX)) {
    const command = handedOut(toPending(after), context.clock());
    return command ? [command] : [];
  }
  if (isChange(pk) && kind === 'INSERT') {
    return pathsCommands(context, parseItem(auditEntrySchema, after));
  }
  if (pk !== META_KEY.pk || sk !== META_KEY.sk) return [];
  const edges = await readExpectedEdges(context);
  return edges.map(({ id }) => policiesCommand({ edge_id: id, version: Number(after.version), at_ms }));
}

async function pathsCommands(context: StoreContext, entry: AuditEntry): Promise<PendingCommand[]> {
  if (!mayNotifyEdges(entry)) return [];
  const edges = edgesToNotify(entry, await readExpectedEdges(context));
  return edges.map(({ id }) => ({
    id: `paths-${entry.id}`,
    edge_id: id,
    type: 'PATHS',
    data: {},
    created_at: entry.at,
  }));
}

import { AUDIT_PREFIX, type AuditEntry } from '../audit/audit-entry.ts';
import type { StreamChange } from '../events/stream-change.ts';
import { readExpectedEdges } from '../inventory/edges/read-edges.ts';
import { META_KEY } from '../inventory/policies/policy-items.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { COMMAND_PREFIX, toPending } from './command-store.ts';
import type { PendingCommand } from './edge-command.ts';
import { edgesOfChange, mayChangePaths } from './edges-to-notify.ts';
import { policiesCommand } from './pending-commands.ts';

/**
 * What edges that listen are told of a change of the Network table: a new command; when a policy changed, every edge in service that
 * there is a newer version; and when paths changed, those at their ends that they have to be read again.
 */
export async function commandsOf(change: StreamChange, context: StoreContext): Promise<PendingCommand[]> {
  const { kind, pk, sk, after, at_ms } = change;
  if (!after) return [];
  if (pk.startsWith(COMMAND_PREFIX)) return [toPending(after)];
  if (pk.startsWith(AUDIT_PREFIX) && kind === 'INSERT') {
    return pathsCommands(context, after as unknown as AuditEntry);
  }
  if (pk !== META_KEY.pk || sk !== META_KEY.sk) return [];
  const edges = await readExpectedEdges(context);
  return edges.map(({ id }) => policiesCommand({ edge_id: id, version: Number(after.version), at_ms }));
}

async function pathsCommands(context: StoreContext, entry: AuditEntry): Promise<PendingCommand[]> {
  if (!mayChangePaths(entry)) return [];
  const edges = edgesOfChange(entry, await readExpectedEdges(context));
  return edges.map(({ id }) => ({
    id: `paths-${entry.id}`,
    edge_id: id,
    type: 'PATHS',
    data: {},
    created_at: entry.at,
  }));
}

import type { StreamChange } from '../events/stream-change.ts';
import type { NetworkContext } from '../network/network-context.ts';
import { META_KEY } from '../network/policy-items.ts';
import { readExpectedEdges } from '../network/read-edges.ts';
import { COMMAND_PREFIX, toPending } from './command-store.ts';
import type { PendingCommand } from './edge-command.ts';
import { policiesCommand } from './pending-commands.ts';

/**
 * What edges that listen are told of a change of the Network table: a new command, or, when a policy changed, every edge in
 * service that there is a newer version.
 */
export async function commandsOf(change: StreamChange, context: NetworkContext): Promise<PendingCommand[]> {
  const { pk, sk, after, at_ms } = change;
  if (!after) return [];
  if (pk.startsWith(COMMAND_PREFIX)) return [toPending(after)];
  if (pk !== META_KEY.pk || sk !== META_KEY.sk) return [];
  const edges = await readExpectedEdges(context);
  return edges.map(({ id }) => policiesCommand({ edge_id: id, version: Number(after.version), at_ms }));
}

import { readPoliciesMeta } from '../inventory/policies/read-policies.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { readCommands } from './command-store.ts';
import type { PendingCommand } from './edge-command.ts';
import { handedOut } from './handed-out.ts';

/**
 * All commands for an edge, in order of age from the oldest on: those that wait for its
 * acknowledgement and, when it applies older policies than the present ones, the command to fetch
 * them. That command is not stored, because a change of policies would then write one for every
 * edge.
 */
export async function pendingCommands(
  context: StoreContext,
  { edge_id, policies_version }: { edge_id: string; policies_version: string | null },
): Promise<PendingCommand[]> {
  const [all, meta] = await Promise.all([readCommands(context, edge_id), readPoliciesMeta(context)]);
  const now = context.clock();
  const stored = all.flatMap(command => handedOut(command, now) ?? []);
  if (policies_version === null || policies_version === String(meta.version)) return stored;
  return [...stored, policiesCommand({ edge_id, version: meta.version, at_ms: context.clock() })];
}

/** The command to fetch the policies of this version. */
function policiesCommand({
  edge_id,
  version,
  at_ms,
}: {
  edge_id: string;
  version: number;
  at_ms: number;
}): PendingCommand {
  return {
    id: `policies-${version}`,
    edge_id,
    type: 'POLICIES',
    data: { policies_version: String(version) },
    created_at: new Date(at_ms).toISOString(),
  };
}

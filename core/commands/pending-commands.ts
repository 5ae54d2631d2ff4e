import { readPoliciesMeta } from '../inventory/policies/read-policies.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { readCommands } from './command-store.ts';
import type { PendingCommand } from './edge-command.ts';
import { handedOut } from './handed-out.ts';

/**
 * All that an edge has to do, oldest first: what waits for its acknowledgement and, when it applies
 * older policies than there are, the command to fetch them. That one is never stored: every edge
 * would have to be written with each change.
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

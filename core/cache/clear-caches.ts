import { auditPut, changeEntry } from '../audit/audit-entry.ts';
import type { Caller } from '../audit/caller.ts';
import { commitChange } from '../network/commit-change.ts';
import type { NetworkContext } from '../network/network-context.ts';
import { repeatUntil } from '../storage/retrying.ts';
import { raiseGenerationAction, readGeneration } from './generation.ts';
import { countPartitions } from './table-partitions.ts';

/**
 * Clears these caches in every function within a second, and tells of it. Answers how many active entries of the shared
 * level were cleared; what functions hold in their memories is not counted.
 */
export function clearCaches(
  context: NetworkContext,
  actor: Caller,
  caches: readonly string[],
): Promise<{ cleared_entries: number; audit_id: string }> {
  const { client, tables } = context;
  const table = tables.cache;
  return commitChange(context, async () => {
    const now = context.clock();
    const counts = await repeatUntil(context, () =>
      Promise.all(
        caches.map(async cache => {
          const { generation, removals } = await readGeneration({ client, table, cache });
          return countPartitions({ client, table, cache, generation, removals, now });
        }),
      ),
    );
    const cleared_entries = counts.reduce((sum, count) => sum + count.active, 0);
    const entry = changeEntry({
      at_ms: now,
      actor,
      operation: 'clearCache',
      target: 'cache',
      before: { entries: cleared_entries },
      after: { entries: 0 },
      event: { type: 'CACHE_CLEARED', site_id: null, site_seq: null, data: { caches, cleared_entries } },
    });
    return {
      actions: [...caches.map(cache => raiseGenerationAction({ table, cache })), auditPut({ tables, entry })],
      result: { cleared_entries, audit_id: entry.id },
    };
  });
}

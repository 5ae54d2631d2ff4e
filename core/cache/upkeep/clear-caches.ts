import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { beginOperation } from '../../storage/begun-operation.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { transact } from '../../storage/transact.ts';
import { raiseGenerationAction } from '../generation/generation.ts';
import { asUnreachable, countCaches } from './count-caches.ts';

/**
 * Clears these caches in every function within a second, and publishes that. Returns how many
 * active entries of the shared level were cleared; entries in the functions' memories are not
 * counted.
 *
 * @throws Throttled when the shared level can't be reached. Nothing is cleared then, except when
 * the answer to a committed clear was lost
 */
export async function clearCaches(
  context: StoreContext,
  actor: Caller,
  caches: readonly string[],
): Promise<{ cleared_entries: number; audit_id: string }> {
  const { client, tables } = context;
  const begun = beginOperation(context);
  const counts = await countCaches(context, caches);
  const cleared_entries = counts.reduce((sum, count) => sum + count.active, 0);
  const audit = auditAction(tables, begun, {
    actor,
    operation: 'clearCache',
    target: 'cache',
    before: { entries: cleared_entries },
    after: { entries: 0 },
    event: { type: 'CACHE_CLEARED', site_id: null, site_seq: null, data: { caches, cleared_entries } },
  });
  const raises = caches.map(cache => raiseGenerationAction({ table: tables.cache, cache }));
  await transact(client, [...raises, audit], context).catch(asUnreachable);
  return { cleared_entries, audit_id: begun.audit_id };
}

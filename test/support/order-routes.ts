import type { StreamChange } from '../../core/events/stream-change.ts';
import { orderRoutes } from '../../core/routing/failover/route-orders.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import { auditEntries } from './audit-entries.ts';
import { asFunction } from './rights/as-function.ts';

/** The audit entries so far, as the stream delivers them. */
export async function auditChanges(context: StoreContext): Promise<StreamChange[]> {
  return (await auditEntries(context)).map(item => ({
    kind: 'INSERT',
    pk: String(item.pk),
    sk: String(item.sk),
    before: undefined,
    after: item,
    at_ms: context.clock(),
  }));
}

/** Processes the audit entries so far like broadcast: edges receive their orders. */
export async function orderAllRoutes(context: StoreContext): Promise<number> {
  let told = 0;
  for (const change of await auditChanges(context))
    told += await asFunction('broadcast', () => orderRoutes(context, change));
  return told;
}

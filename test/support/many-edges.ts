import { edgeToItem } from '../../core/inventory/edges/edge-items.ts';
import { META_KEY, toItem } from '../../core/inventory/policies/policy-items.ts';
import { batchPut } from '../../core/storage/batch-write.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';

const AT = '2026-01-01T00:00:00.000Z';

/** Puts so many edges in service at each of these sites, as registerEdge would. */
export async function putEdges(
  { client, tables }: StoreContext,
  { sites, edges }: { sites: readonly string[]; edges: number },
): Promise<void> {
  const items = sites.flatMap(site_id =>
    Array.from({ length: edges }, (_, index) =>
      edgeToItem(
        { id: `${site_id}-${index}`, site_id, interval_s: 60, registered_at: AT, retired_at: null },
        { revision: 1, service: [{ from: AT, to: null }] },
      ),
    ),
  );
  await batchPut(items, { client, table: tables.network, sleep: async () => {} });
}

/** Puts so many enabled policies, as createPolicy would. @returns their ids */
export async function putPolicies({ client, tables }: StoreContext, policies: number): Promise<string[]> {
  const ids = Array.from(
    { length: policies },
    (_, index) => `p-01kkrnw4g0hx9ksbnz0${String(index).padStart(7, '0')}`,
  );
  const items = ids.map((id, index) =>
    toItem(
      {
        ...{ id, name: `Policy ${index}`, priority: index % 1000, enabled: true, match: {} },
        ...{ created_at: AT, updated_at: AT },
      },
      index + 1,
    ),
  );
  const meta = {
    ...META_KEY,
    ...{ version: policies, next_id: 1, last_id: ids.at(-1), count: policies },
    last_change: { id: ids.at(-1), deleted: false },
  };
  await batchPut([...items, meta], { client, table: tables.network, sleep: async () => {} });
  return ids;
}

import { ingest } from '../../core/ingest/ingest.ts';
import { withdrawSilentGauges } from '../../core/ingest/silent-gauges.ts';
import { edgeToItem } from '../../core/inventory/edges/edge-items.ts';
import { listEdgeAction } from '../../core/inventory/edges/site-edges.ts';
import { META_KEY, toItem } from '../../core/inventory/policies/policy-items.ts';
import { batchPut } from '../../core/storage/batch-write.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import { ingestContext } from './ingest-context.ts';
import { type ReportSketch, reportRecord, T0 } from './report-records.ts';

const AT = '2026-01-01T00:00:00.000Z';

/**
 * Registers this number of edges at each of these sites, as registerEdge would.
 * @returns their ids
 */
export async function putEdges(
  { client, tables }: StoreContext,
  { sites, edges }: { sites: readonly string[]; edges: number },
): Promise<string[]> {
  const registered = sites.flatMap(site_id =>
    Array.from({ length: edges }, (_, index) =>
      edgeToItem(
        { id: `${site_id}-${index}`, site_id, interval_s: 60, registered_at: AT, retired_at: null },
        { revision: 1, service: [{ from: AT, to: null }] },
      ),
    ),
  );
  const listed = registered.map(edge => listEdgeAction(tables, edge).Put!.Item!);
  await batchPut([...registered, ...listed], { client, table: tables.network, sleep: async () => {} });
  return registered.map(({ sk }) => sk);
}

/**
 * Creates this number of enabled policies, as createPolicy would.
 * @returns their ids
 */
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

/** Counts a report of each of these edges that arrives now, as ingest does. */
export async function countReports(
  { client, tables, clock }: StoreContext,
  reports: readonly (ReportSketch & { edge_id: string })[],
): Promise<void> {
  const now = clock() - T0;
  const records = reports.map((report, index) =>
    reportRecord({ sent_ms: now, ...report }, { sequence: index, arrived_ms: now }),
  );
  const deadline = Number.POSITIVE_INFINITY;
  const left = await ingest(records, ingestContext({ client, tables, clock, deadline }));
  if (left.length > 0) throw new Error(`${left.length} reports were not counted`);
}

/** Checks the lists of lanes twice, as two runs of the clean-up do, so that readers use them. */
export async function confirmLists(context: StoreContext): Promise<void> {
  for (const minutesAgo of [5, 0]) {
    const clock = () => context.clock() - minutesAgo * 60_000;
    await withdrawSilentGauges({ ...context, clock });
  }
}

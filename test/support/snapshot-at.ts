import { DEFAULT_RETENTION } from '../../core/history/resolution.ts';
import { type SnapshotResult, takeSnapshot } from '../../core/history/snapshot.ts';
import type { TestTables } from './tables.ts';

/** Takes the snapshot of an instant at that instant, milliseconds; `registered` are the ids of the registered edges. */
export function snapshotAt(
  { client, tables }: Pick<TestTables, 'client' | 'tables'>,
  at: number,
  registered: readonly string[],
): Promise<SnapshotResult> {
  return takeSnapshot({
    store: { client, table: tables.traffic },
    scheduled_at: at,
    registered: new Set(registered),
    retention: DEFAULT_RETENTION,
    clock: () => at,
    sleep: async () => {},
  });
}

import { DEFAULT_RETENTION } from '../../core/history/resolution.ts';
import { type SnapshotResult, takeSnapshot } from '../../core/history/snapshot.ts';
import { asFunction } from './rights/as-function.ts';
import { servedEdges } from './served-edges.ts';
import type { TestTables } from './tables.ts';

/** Takes the snapshot of an instant, exactly then, with these edges registered. */
export function snapshotAt(
  { client, tables }: Pick<TestTables, 'client' | 'tables'>,
  at: number,
  edges: readonly string[] = ['edge-1'],
): Promise<SnapshotResult> {
  return asFunction('snapshot', () =>
    takeSnapshot({
      store: { client, table: tables.traffic },
      scheduled_at: at,
      registered: servedEdges(edges),
      retention: DEFAULT_RETENTION,
      clock: () => at,
      sleep: async () => {},
    }),
  );
}

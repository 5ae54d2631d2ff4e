import type { BenchRow } from './bench-row.ts';

type Area = () => Promise<{ run(): Promise<BenchRow[]> }>;

/**
 * Every area of the benchmarks, in the order of the table. Each area runs in a separate process.
 */
export const AREAS: Record<string, Area> = {
  recorder: () => import('./recorder.ts'),
  replay: () => import('./replay.ts'),
  'flow-records': () => import('./flow-records.ts'),
  ingest: () => import('./ingest.ts'),
  usage: () => import('./usage-units.ts'),
  'full-shard': () => import('./full-shard.ts'),
  recovery: () => import('./recovery.ts'),
  cache: () => import('./cache.ts'),
  routing: () => import('./routing.ts'),
  failover: () => import('./failover.ts'),
  paths: () => import('./paths.ts'),
  'all-paths': () => import('./all-paths.ts'),
  history: () => import('./history.ts'),
  policies: () => import('./many-policies.ts'),
  deletion: () => import('./site-deletion.ts'),
  flows: () => import('./flows.ts'),
  export: () => import('./export.ts'),
  console: () => import('./console.ts'),
};

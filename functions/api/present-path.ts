import type { Path } from '../../core/inventory/model/site.ts';
import { EVERY_POLICY, readManyPathStates } from '../../core/routing/failover/path-states-store.ts';
import { healthScore, healthStatus } from '../../core/routing/health/health-score.ts';
import type { PathMetrics } from '../../core/routing/health/path-metrics.ts';
import { settledScoreOf } from '../../core/routing/health/settled-score.ts';
import { METRICS_MAX_AGE_MS, recentMetrics } from '../../core/routing/metrics/recent-metrics.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import type {
  PathMetrics as PresentedMetrics,
  Path as PresentedPath,
} from '../../graphql/schema.generated.ts';
import type { Call } from './resolver.ts';

/** Paths with their health, as clients see them. */
export async function presentPaths(
  paths: readonly Path[],
  { context, caches }: Call,
): Promise<PresentedPath[]> {
  const [states, metrics] = await Promise.all([
    readManyPathStates(
      context,
      paths.map(path => path.id),
    ),
    Promise.all(paths.map(path => recentMetrics(context, caches.metrics, path.id))),
  ]);
  return paths.map((path, index) =>
    presentPath(path, { context, metrics: metrics[index], policies: states[index]!.policies, probe: null }),
  );
}

export function presentPath(
  path: Path,
  {
    context,
    metrics,
    policies,
    probe,
  }: {
    context: StoreContext;
    metrics: PathMetrics | undefined;
    policies: Record<string, { out: boolean }>;
    probe: PresentedPath['probe'];
  },
): PresentedPath {
  const shown = metrics ? presentMetrics(metrics, context) : null;
  const out_for = Object.keys(policies).filter(id => policies[id]!.out);
  return { ...path, metrics: shown, status: statusOf(metrics, { context, out_for }), out_for, probe };
}

function presentMetrics(metrics: PathMetrics, { clock }: StoreContext): PresentedMetrics {
  const { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps, measured_at } = metrics;
  const age_seconds = Math.max(0, (clock() - Date.parse(measured_at)) / 1000);
  return {
    latency_ms,
    jitter_ms,
    packet_loss_pct,
    bandwidth_mbps,
    mtu: null,
    score: healthScore(metrics),
    settled_score: settledScoreOf(metrics),
    measured_at,
    age_seconds,
  };
}

function statusOf(
  metrics: PathMetrics | undefined,
  { context, out_for }: { context: StoreContext; out_for: string[] },
): PresentedPath['status'] {
  if (out_for.includes(EVERY_POLICY)) return 'OUT';
  if (!metrics || context.clock() - Date.parse(metrics.measured_at) > METRICS_MAX_AGE_MS) return 'UNKNOWN';
  const status = healthStatus(settledScoreOf(metrics));
  return status === 'optimal' ? 'OPTIMAL' : status === 'degraded' ? 'DEGRADED' : 'FAILED';
}

import type { Path } from '../../core/inventory/model/site.ts';
import { readEnabledRouting } from '../../core/routing/decisions/policy-routing.ts';
import {
  EVERY_POLICY,
  inMaintenance,
  outFor,
  type StatesByPolicy,
} from '../../core/routing/failover/path-out.ts';
import { type PathStates, readManyPathStates } from '../../core/routing/failover/path-states-store.ts';
import { healthScore, healthStatus } from '../../core/routing/health/health-score.ts';
import type { PathMetrics } from '../../core/routing/health/path-metrics.ts';
import { settledScoreOf } from '../../core/routing/health/settled-score.ts';
import { METRICS_MAX_AGE_MS } from '../../core/routing/metrics/metrics-age.ts';
import { recentMetrics } from '../../core/routing/metrics/recent-metrics.ts';
import { type StoreContext, timestamp } from '../../core/storage/store-context.ts';
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
  const enabled = await enabledPolicies(context, states);
  return paths.map((path, index) =>
    presentPath(path, {
      context,
      metrics: metrics[index],
      policies: states[index]!.policies,
      enabled,
      probe: null,
    }),
  );
}

/** The ids of the enabled policies; read only where a policy is off a path. */
export async function enabledPolicies(
  context: StoreContext,
  states: readonly Pick<PathStates, 'policies'>[],
): Promise<ReadonlySet<string>> {
  const anyOut = states.some(({ policies }) => Object.values(policies).some(({ out }) => out));
  return new Set(anyOut ? (await readEnabledRouting(context)).keys() : []);
}

export function presentPath(
  path: Path,
  {
    context,
    metrics,
    policies,
    enabled,
    probe,
  }: {
    context: StoreContext;
    metrics: PathMetrics | undefined;
    policies: StatesByPolicy;
    /** Ids of the enabled policies, as {@link enabledPolicies} reads them. */
    enabled: ReadonlySet<string>;
    probe: PresentedPath['probe'];
  },
): PresentedPath {
  const shown = metrics ? presentMetrics(metrics, context) : null;
  const out_for = outFor({ policies }, { enabled, now: context.clock() });
  return {
    ...path,
    metrics: shown,
    status: statusOf(metrics, { context, out_for, enabled }),
    out_for,
    maintenance: maintenanceOf(policies, context.clock()),
    probe,
  };
}

function maintenanceOf(policies: StatesByPolicy, now: number): PresentedPath['maintenance'] {
  const withdrawn = policies[EVERY_POLICY];
  if (!withdrawn || !inMaintenance(withdrawn, now)) return null;
  const { since_ms, until_ms, until_restored } = withdrawn;
  const until = until_restored || until_ms === undefined ? null : timestamp(until_ms);
  return { since: timestamp(since_ms), until };
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
  { context, out_for, enabled }: { context: StoreContext; out_for: string[]; enabled: ReadonlySet<string> },
): PresentedPath['status'] {
  const status = measuredStatus(metrics, context);
  if (out_for.includes(EVERY_POLICY)) return 'OUT';
  const everyoneIsOut = out_for.length > 0 && [...enabled].every(id => out_for.includes(id));
  return everyoneIsOut && status !== 'FAILED' ? 'OUT' : status;
}

function measuredStatus(
  metrics: PathMetrics | undefined,
  context: StoreContext,
): Exclude<PresentedPath['status'], 'OUT'> {
  if (!metrics || context.clock() - Date.parse(metrics.measured_at) > METRICS_MAX_AGE_MS) return 'UNKNOWN';
  const status = healthStatus(settledScoreOf(metrics));
  return status === 'optimal' ? 'OPTIMAL' : status === 'degraded' ? 'DEGRADED' : 'FAILED';
}

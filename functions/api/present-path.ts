import type { Path } from '../../core/inventory/model/site.ts';
import {
  EVERY_POLICY,
  inMaintenance,
  outFor,
  type StatesByPolicy,
} from '../../core/routing/failover/path-out.ts';
import { readManyPathStates } from '../../core/routing/failover/path-states-store.ts';
import { pathStatus } from '../../core/routing/failover/path-status.ts';
import { healthScore } from '../../core/routing/health/health-score.ts';
import type { PathMetrics } from '../../core/routing/health/path-metrics.ts';
import { settledScoreOf } from '../../core/routing/health/settled-score.ts';
import type { PathTraffic } from '../../core/routing/metrics/path-rates.ts';
import { recentMetrics } from '../../core/routing/metrics/recent-metrics.ts';
import { type FoundPath, type PathExtras, readPathExtras } from '../../core/routing/network/find-paths.ts';
import { enabledPolicies } from '../../core/routing/network/path-health.ts';
import { type StoreContext, timestamp } from '../../core/storage/store-context.ts';
import type {
  PathMetrics as PresentedMetrics,
  Path as PresentedPath,
  PathTraffic as PresentedTraffic,
} from '../../graphql/schema.generated.ts';
import type { Call } from './resolver.ts';
import { selectsOnly } from './selection.ts';

/** The fields of a path that need no data beyond its health. */
const OWN_FIELDS = [
  'id',
  'source_site_id',
  'source_endpoint_id',
  'destination_site_id',
  'destination_endpoint_id',
  'wg_interface',
  'created_at',
  'metrics',
  'status',
  'out_for',
  'maintenance',
  'probe',
  '__typename',
] as const satisfies (keyof PresentedPath | '__typename')[];

/**
 * The data of paths, apart from their health, that a selection requires. `place` is their position
 * in the selection.
 */
export function selectedOfPaths(
  { selection }: Call,
  place: string,
): { with_policies: boolean; with_traffic: boolean } {
  return {
    with_policies: !selectsOnly(selection, place, [...OWN_FIELDS, 'traffic']),
    with_traffic: !selectsOnly(selection, place, [...OWN_FIELDS, 'policies']),
  };
}

/**
 * Converts paths of one site, with their health, to the API's form. `place` is their position in
 * the answer.
 */
export async function presentPaths(
  paths: readonly Path[],
  { site_id, place, call }: { site_id: string; place: string; call: Call },
): Promise<PresentedPath[]> {
  const { context, caches } = call;
  const [states, metrics, extras] = await Promise.all([
    readManyPathStates(
      context,
      paths.map(({ id }) => id),
    ),
    Promise.all(paths.map(({ id }) => recentMetrics(context, caches.metrics, id))),
    readPathExtras(context, { site_id, paths, ...selectedOfPaths(call, place) }),
  ]);
  const enabled = await enabledPolicies(context, states);
  return paths.map((path, index) => ({
    ...presentPath(path, {
      context,
      metrics: metrics[index],
      policies: states[index]!.policies,
      enabled,
      probe: null,
    }),
    ...presentExtras(extras.get(path.id)),
  }));
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
    status: pathStatus({ metrics, out_for, enabled, now: context.clock() }),
    out_for,
    maintenance: maintenanceOf(policies, context.clock()),
    probe,
    policies: null,
    traffic: null,
  };
}

/** Converts found paths, whose health is already known, to the API's form. */
export async function presentFound(
  found: readonly FoundPath[],
  context: StoreContext,
): Promise<PresentedPath[]> {
  const enabled = await enabledPolicies(
    context,
    found.map(({ states }) => states),
  );
  return found.map(({ path, metrics, states, policies, traffic }) => ({
    ...presentPath(path, { context, metrics, policies: states.policies, enabled, probe: null }),
    ...presentExtras({ policies, traffic }),
  }));
}

function presentExtras(extras: Partial<PathExtras> = {}): Pick<PresentedPath, 'policies' | 'traffic'> {
  const { policies, traffic } = extras;
  return { policies: policies ?? null, traffic: traffic ? presentTraffic(traffic) : null };
}

function presentTraffic({ tx_bytes, rx_bytes, rate }: PathTraffic): PresentedTraffic {
  return {
    tx_bytes_exact: String(tx_bytes),
    rx_bytes_exact: String(rx_bytes),
    tx_bits_per_second: rate?.tx_bits_per_second ?? null,
    rx_bits_per_second: rate?.rx_bits_per_second ?? null,
    from: rate ? timestamp(rate.from_ms) : null,
    to: rate ? timestamp(rate.to_ms) : null,
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

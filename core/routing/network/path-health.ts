import type { Path } from '../../inventory/model/site.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { readEnabledRouting } from '../decisions/policy-routing.ts';
import { outFor } from '../failover/path-out.ts';
import type { PathStates } from '../failover/path-states-store.ts';
import { type PathStatus, pathStatus } from '../failover/path-status.ts';
import type { PathMetrics } from '../health/path-metrics.ts';

/** The metrics and states of paths, by path id. */
export interface HealthOfPaths {
  metrics: ReadonlyMap<string, PathMetrics | undefined>;
  states: ReadonlyMap<string, PathStates>;
}

/** A path with its status. */
export interface JudgedPath {
  path: Path;
  metrics: PathMetrics | undefined;
  states: PathStates;
  status: PathStatus;
}

/** Paths with their present statuses. */
export async function judgePaths(
  context: StoreContext,
  paths: readonly Path[],
  { metrics, states }: HealthOfPaths,
): Promise<JudgedPath[]> {
  const enabled = await enabledPolicies(
    context,
    paths.map(({ id }) => states.get(id)!),
  );
  const now = context.clock();
  return paths.map(path => {
    const known = { path, metrics: metrics.get(path.id), states: states.get(path.id)! };
    const out_for = outFor(known.states, { enabled, now });
    return { ...known, status: pathStatus({ metrics: known.metrics, out_for, enabled, now }) };
  });
}

/** The ids of the enabled policies; read only where a policy is off a path. */
export async function enabledPolicies(
  context: StoreContext,
  states: readonly Pick<PathStates, 'policies'>[],
): Promise<ReadonlySet<string>> {
  const anyOut = states.some(({ policies }) => Object.values(policies).some(({ out }) => out));
  return new Set(anyOut ? (await readEnabledRouting(context)).keys() : []);
}

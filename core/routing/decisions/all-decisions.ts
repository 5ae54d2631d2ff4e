import { NotFound, noSite, ValidationError } from '../../errors.ts';
import type { Retention } from '../../history/resolution.ts';
import { readPolicies } from '../../inventory/policies/read-policies.ts';
import { readShownSites } from '../../inventory/sites/shown-sites.ts';
import { BUILT_IN_POLICY } from '../../policy/policy.ts';
import { comparePolicyIds } from '../../policy/policy-match.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { type ExplainedChoice, explainChoice } from '../choice/explain-choice.ts';
import { EVERY_POLICY, inMaintenance, isOut, type StatesByPolicy } from '../failover/path-out.ts';
import { readManyPathStates } from '../failover/path-states-store.ts';
import { readReplacedStates } from '../failover/replaced-states.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { readManyMetrics } from '../metrics/many-metrics.ts';
import { isRecent } from '../metrics/recent-metrics.ts';
import { readPastMetrics } from '../past/past-readings.ts';
import { readTopologyAt, type SitesAsked } from '../past/topology-at.ts';
import { type PricedPath, priced } from '../path-costs.ts';
import { readPathsBetween } from '../read-paths.ts';
import { DEFAULT_ROUTING, type PolicyRouting, readAllPolicyRouting } from './policy-routing.ts';

/** The decision of one policy between two sites, with everything that it depends on. */
export interface PolicyDecision extends ExplainedChoice {
  policy_id: string;
  policy_name: string;
  preference: PolicyRouting['preference'];
}

export interface AllDecisions {
  at_ms: number;
  /** One for every enabled policy, in the order of their ids. */
  decisions: PolicyDecision[];
}

/** Everything that the decisions between two sites depend on at an instant. */
interface Grounds {
  paths: PricedPath[];
  /** By path id; undefined without a recent measurement. */
  metrics: ReadonlyMap<string, PathMetrics | undefined>;
  states: ReadonlyMap<string, StatesByPolicy>;
  policies: { id: string; name: string; routing: PolicyRouting }[];
}

/** How far a caller's clock may be ahead. */
const AHEAD_MS = 60_000;

/**
 * The decisions of all policies between two sites, now or at a past instant, by the newest
 * measurement known then.
 *
 * @throws NotFound for a site that doesn't exist, or didn't then · ValidationError for an instant
 * whose measurements have expired, or since which there were too many changes
 */
export async function decideAll(
  context: StoreContext,
  { sites, at_ms, retention }: { sites: SitesAsked; at_ms: number | undefined; retention: Retention },
): Promise<AllDecisions> {
  const now = context.clock();
  const isPast = at_ms !== undefined && at_ms < now;
  if (at_ms !== undefined) checkInstant(at_ms, { now, retention });
  const grounds = isPast ? await groundsAt(context, sites, at_ms) : await groundsNow(context, sites);
  const at = isPast ? at_ms : now;
  return { at_ms: at, decisions: decide(grounds, at) };
}

function checkInstant(at_ms: number, { now, retention }: { now: number; retention: Retention }): void {
  if (at_ms > now + AHEAD_MS) {
    throw new ValidationError('at must not be in the future: leave it out for the present decisions.');
  }
  const first = now - retention.MINUTE;
  if (at_ms >= first) return;
  throw new ValidationError(
    `Measurements are kept for ${retention.MINUTE / 3_600_000} hours: at must not be before ${timestamp(first)}.`,
  );
}

async function groundsNow(context: StoreContext, sites: SitesAsked): Promise<Grounds> {
  const [paths, { defined }, routing] = await Promise.all([
    readPathsBetween(context, sites),
    readPolicies(context),
    readAllPolicyRouting(context),
  ]);
  const ids = paths.map(({ id }) => id);
  const [states, { metrics }] = await Promise.all([
    readManyPathStates(context, ids),
    readManyMetrics(context, ids, { lanes_after_ms: 0 }),
  ]);
  return {
    paths,
    metrics,
    states: new Map(states.map(({ path_id, policies }) => [path_id, policies])),
    policies: enabledOf(defined, routing),
  };
}

async function groundsAt(context: StoreContext, sites: SitesAsked, at_ms: number): Promise<Grounds> {
  const topology = await readTopologyAt(context, { sites, at_ms });
  for (const [id, isThere] of topology.sites) {
    if (!isThere) throw await missing(context, id, { at_ms });
  }
  const ids = [...topology.paths.keys()];
  const [states, replaced, measured] = await Promise.all([
    readManyPathStates(context, ids),
    Promise.all(ids.map(path_id => readReplacedStates(context, { path_id, at_ms }))),
    readPastMetrics(context, {
      at_ms,
      edges: topology.edges,
      sites: topology.sites.keys(),
      paths: new Set(ids),
    }),
  ]);
  const statesOf = (index: number) =>
    asOf(replaced[index] ?? states[index]!.policies, {
      at_ms,
      measured_ms: Date.parse(measured.get(ids[index]!)?.measured_at ?? '') || 0,
    });
  return {
    paths: Array.from(topology.paths.values(), path => priced(path, topology.endpoints)),
    metrics: new Map(
      ids.map(id => {
        const metrics = measured.get(id);
        return [id, isRecent(metrics, at_ms) ? metrics : undefined];
      }),
    ),
    states: new Map(ids.map((id, index) => [id, statesOf(index)])),
    policies: enabledOf([...topology.policies.values()], topology.routing),
  };
}

/** States as they were at an instant, with the newest measurement that had been judged by then. */
function asOf(
  policies: StatesByPolicy,
  { at_ms, measured_ms }: { at_ms: number; measured_ms: number },
): StatesByPolicy {
  return Object.fromEntries(
    Object.entries(policies).map(([id, state]) => {
      const seen_ms = state.seen_ms <= at_ms ? state.seen_ms : Math.max(state.since_ms, measured_ms);
      return [id, { ...state, seen_ms }];
    }),
  );
}

/** The error for a site that didn't exist at the instant; it differs if the site exists now. */
async function missing(context: StoreContext, id: string, { at_ms }: { at_ms: number }): Promise<NotFound> {
  const isThere = (await readShownSites(context, [id])).has(id);
  return isThere ? new NotFound(`Site ${id} did not exist at ${timestamp(at_ms)}.`) : noSite(id);
}

function enabledOf(
  defined: readonly { id: string; name: string; enabled: boolean }[],
  routing: ReadonlyMap<string, PolicyRouting>,
): Grounds['policies'] {
  return [...defined, BUILT_IN_POLICY]
    .filter(({ enabled }) => enabled)
    .map(({ id, name }) => ({ id, name, routing: routing.get(id) ?? DEFAULT_ROUTING }))
    .sort((a, b) => comparePolicyIds(a.id, b.id));
}

function decide({ paths, metrics, states, policies }: Grounds, now: number): PolicyDecision[] {
  return policies.map(({ id: policy_id, name, routing: { preference } }) => {
    const candidates = paths.map(({ id, cost_per_gb }) => ({
      path_id: id,
      cost_per_gb,
      metrics: metrics.get(id),
      out: isOut({ policies: states.get(id)! }, { policy_id, now }),
    }));
    const whyOut = (path_id: string) => outInWords(states.get(path_id)!, { policy_id, now });
    return { policy_id, policy_name: name, preference, ...explainChoice(candidates, preference, whyOut) };
  });
}

function outInWords(
  policies: StatesByPolicy,
  { policy_id, now }: { policy_id: string; now: number },
): string {
  const withdrawn = policies[EVERY_POLICY];
  if (withdrawn && inMaintenance(withdrawn, now)) {
    const { since_ms, until_ms, until_restored } = withdrawn;
    const until =
      until_restored || until_ms === undefined ? 'until restorePath' : `until ${timestamp(until_ms)}`;
    return `An operator took it out of use at ${timestamp(since_ms)}, ${until}.`;
  }
  const own = policies[policy_id];
  if (own)
    return `The policy left it at ${timestamp(own.since_ms)} and comes back when it has been good for long enough.`;
  return `An operator took it out of use at ${timestamp(withdrawn!.since_ms)}; it comes back when it has been good for long enough.`;
}

import { isDeepStrictEqual } from 'node:util';
import { systemCaller } from '../../access/caller.ts';
import { commitChange } from '../../storage/commit-change.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { readAllPolicyRouting } from '../decisions/policy-routing.ts';
import { isDead } from '../health/health-score.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { settledScoreOf } from '../health/settled-score.ts';
import type { WeekSummary } from '../health/week-scores.ts';
import { METRICS_MAX_AGE_MS } from '../metrics/metrics-age.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import { changeSides, type FailoverDone, type SideChange } from './change-sides.ts';
import { DEFAULT_FAILOVER } from './failover-settings.ts';
import { EVERY_POLICY, inMaintenance, isStillOut } from './path-out.ts';
import { type PathSituation, readSituation } from './path-situation.ts';
import { type FailoverStep, nextState, type PathState } from './path-state.ts';
import { type PathStates, readPathStates, statesActions } from './path-states-store.ts';

/** A measurement at which no policy can leave a path, whatever its settings (they end at 100). */
const PERFECT = 100;

export interface Judgement {
  /** What was done; undefined: every policy stays where it is. */
  done?: FailoverDone & { operation: SideChange['operation'] };
}

export interface NewMeasurement {
  path_id: string;
  /** With its settled score. */
  metrics: PathMetrics;
  /** The one before it, where there was one. */
  previous?: PathMetrics | undefined;
  /** How the path was in the week before; undefined: it is not known. */
  week?: WeekSummary | undefined;
  /** Whose measurement leads to a change, for the audit log. */
  job: string;
}

/**
 * Judges one new measurement of a path, and fails over or fails back the policies that it concerns.
 * While every policy uses the path, this costs one read if the path is perfect, and two if it is
 * better than any policy asks for.
 */
export async function judgePath(
  context: StoreContext,
  caches: RoutingCaches,
  { path_id, metrics, previous, week, job }: NewMeasurement,
): Promise<Judgement> {
  // A measurement that an edge reports an hour late says nothing about the path now.
  if (context.clock() - Date.parse(metrics.measured_at) > METRICS_MAX_AGE_MS) return {};
  if (!anyoneOut(await readPathStates(context, path_id)) && (await isGoodForAll(context, caches, metrics)))
    return {};
  return commitChange<Judgement>(context, async begun => {
    const read = await readSituation(context, caches, path_id);
    const situation = withMeasurement(read, { metrics, previous, now: context.clock() });
    const { after, events, changed } = judge(situation, { metrics, week, now: context.clock() });
    if (!changed) return { actions: [], result: {} };
    if (events.size === 0) return { actions: statesActions(context, situation.states, after), result: {} };
    const operation = events.has('failover') ? 'failoverPath' : 'failbackPath';
    const change = await changeSides(context, situation, {
      begun,
      operation,
      actor: systemCaller(job),
      after,
      samples: samplesOf(situation, { operation, metrics, previous }),
    });
    return { actions: change.actions, result: { done: { ...change.result, operation } } };
  });
}

/** Whether no policy, whatever its settings, leaves a path at this measurement. */
async function isGoodForAll(
  context: StoreContext,
  caches: RoutingCaches,
  metrics: PathMetrics,
): Promise<boolean> {
  const score = settledScoreOf(metrics);
  if (score >= PERFECT) return true;
  if (isDead(metrics)) return false;
  return score >= (await highestLimit(context, caches));
}

/** Thresholds that were changed are gone by after so long at the latest. */
const LIMIT_KNOWN_MS = 10_000;

const knownLimits = new WeakMap<RoutingCaches, { limit: number; read_ms: number }>();

/** The highest score below which any policy leaves a path, as a function remembers it. */
async function highestLimit(context: StoreContext, caches: RoutingCaches): Promise<number> {
  const known = knownLimits.get(caches);
  const age = context.clock() - (known?.read_ms ?? Number.NEGATIVE_INFINITY);
  if (known && age >= 0 && age < LIMIT_KNOWN_MS) return known.limit;
  const read_ms = context.clock();
  const routing = await readAllPolicyRouting(context);
  const limits = Array.from(routing.values(), ({ failover }) => failover.failover_below);
  const limit = Math.max(DEFAULT_FAILOVER.failover_below, ...limits);
  knownLimits.set(caches, { limit, read_ms });
  return limit;
}

interface Measured {
  metrics: PathMetrics;
  previous: PathMetrics | undefined;
}

// What the cache holds of this path may be from before it, when the shared level is in trouble.
function withMeasurement(
  situation: PathSituation,
  { metrics, previous, now }: Measured & { now: number },
): PathSituation {
  const { pair, states } = situation;
  const recent = previous && now - Date.parse(previous.measured_at) <= METRICS_MAX_AGE_MS;
  return {
    ...situation,
    pair: { ...pair, metrics: new Map(pair.metrics).set(states.path_id, metrics) },
    states: { ...states, samples: [...states.samples, metrics] },
    before: { metrics: recent ? previous : undefined },
  };
}

// A failover shows the last two measurements, a failback all of them since the path was good again.
function samplesOf(
  { states }: PathSituation,
  { operation, metrics, previous }: Measured & { operation: SideChange['operation'] },
): PathMetrics[] {
  if (operation === 'failoverPath') return previous ? [previous, metrics] : [metrics];
  const good = Object.values(states.policies).flatMap(({ good_since_ms }) => good_since_ms ?? []);
  const since = Math.min(...good, Date.parse(metrics.measured_at));
  return states.samples.filter(({ measured_at }) => Date.parse(measured_at) >= since);
}

interface Judged {
  after: Record<string, PathState>;
  events: Set<NonNullable<FailoverStep['event']>>;
  /** Whether anything is other than stored. */
  changed: boolean;
}

/**
 * The states after a measurement. Of a path that an operator withdrew each policy comes back by its
 * own thresholds; when all have, it is as if it had never been withdrawn.
 */
function judge(
  { states, policies }: PathSituation,
  { metrics, week, now }: Pick<NewMeasurement, 'metrics' | 'week'> & { now: number },
): Judged {
  const sample = {
    score: settledScoreOf(metrics),
    at_ms: Date.parse(metrics.measured_at),
    dead: isDead(metrics),
    week,
  };
  const stored = states.policies[EVERY_POLICY];
  const withdrawn = isStillOut(stored, now) ? stored : undefined;
  const held = inMaintenance(withdrawn, now);
  const after: Record<string, PathState> = {};
  const events: Judged['events'] = new Set();
  for (const [id, { failover }] of policies) {
    const before = stateNow(states.policies[id] ?? withdrawn, now);
    const { state, event } = nextState(before, sample, failover, { held });
    if (event) events.add(event);
    if (state.out || withdrawn) after[id] = state;
  }
  const anyOut = Object.values(after).some(state => state.out);
  if (withdrawn && anyOut) {
    after[EVERY_POLICY] = { ...withdrawn, seen_ms: Math.max(withdrawn.seen_ms, sample.at_ms) };
  }
  const kept = anyOut ? after : {};
  return { after: kept, events, changed: events.size > 0 || !isDeepStrictEqual(kept, states.policies) };
}

/** A state as it holds now: one that has expired is in, and the terms of a withdrawal are not a policy's own. */
function stateNow(state: PathState | undefined, now: number): PathState | undefined {
  if (!state?.out) return state;
  const { until_ms: _, until_restored: _restored, ...own } = state;
  if (isStillOut(state, now)) return own;
  return { out: false, since_ms: state.since_ms, seen_ms: state.seen_ms };
}

function anyoneOut({ policies }: PathStates): boolean {
  return Object.values(policies).some(state => state.out);
}

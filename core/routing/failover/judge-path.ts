import { systemCaller } from '../../access/caller.ts';
import { commitChange } from '../../storage/commit-change.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { readAllPolicyRouting } from '../decisions/policy-routing.ts';
import { isDead } from '../health/health-score.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { settledScoreOf } from '../health/settled-score.ts';
import type { WeekSummary } from '../health/week-scores.ts';
import { METRICS_MAX_AGE_MS } from '../metrics/recent-metrics.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import { changeSides, type FailoverDone, type JudgedSideChange } from './change-sides.ts';
import { DEFAULT_FAILOVER } from './failover-settings.ts';
import { type PathSituation, readSituation } from './path-situation.ts';
import { type FailoverStep, nextState, type PathState } from './path-state.ts';
import { EVERY_POLICY, type PathStates, readPathStates, statesAction } from './path-states-store.ts';

/** A measurement at which no policy can leave a path, whatever its settings (they end at 100). */
const PERFECT = 100;

export interface Judgement {
  /** What was done; undefined: every policy stays where it is. */
  done?: FailoverDone & { operation: JudgedSideChange };
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
  if (!anyoneOut(await readPathStates(context, path_id)) && (await isGoodForAll(context, metrics))) return {};
  return commitChange<Judgement>(context, async begun => {
    const read = await readSituation(context, caches, path_id);
    const situation = withMeasurement(read, { metrics, previous, now: context.clock() });
    const { after, events, changed } = judge(situation, { metrics, week });
    if (!changed) return { actions: [], result: {} };
    if (events.size === 0) return { actions: [statesAction(context, situation.states, after)], result: {} };
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
async function isGoodForAll(context: StoreContext, metrics: PathMetrics): Promise<boolean> {
  const score = settledScoreOf(metrics);
  if (score >= PERFECT) return true;
  if (isDead(metrics)) return false;
  const routing = await readAllPolicyRouting(context);
  const limits = Array.from(routing.values(), ({ failover }) => failover.failover_below);
  return score >= Math.max(DEFAULT_FAILOVER.failover_below, ...limits);
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
  { operation, metrics, previous }: Measured & { operation: JudgedSideChange },
): PathMetrics[] {
  if (operation === 'failoverPath') return previous ? [previous, metrics] : [metrics];
  const good = Object.values(states.policies).flatMap(({ good_since_ms }) => good_since_ms ?? []);
  const since = Math.min(...good, Date.parse(metrics.measured_at));
  return states.samples.filter(({ measured_at }) => Date.parse(measured_at) >= since);
}

function judge(
  { states, policies }: PathSituation,
  { metrics, week }: Pick<NewMeasurement, 'metrics' | 'week'>,
) {
  const sample = {
    score: settledScoreOf(metrics),
    at_ms: Date.parse(metrics.measured_at),
    dead: isDead(metrics),
    week,
  };
  const after: Record<string, PathState> = {};
  const events = new Set<NonNullable<FailoverStep['event']>>();
  let changed = false;
  for (const [id, routing] of policies) {
    const before = states.policies[id];
    const { state, event } = nextState(before, sample, routing.failover);
    if (event) events.add(event);
    if (state.out) after[id] = state;
    changed ||= event !== undefined || (state.out && state !== before);
  }
  const taken = states.policies[EVERY_POLICY];
  if (taken) {
    const { state, event } = nextState(taken, sample, DEFAULT_FAILOVER);
    if (event) events.add(event);
    if (state.out) after[EVERY_POLICY] = state;
    changed ||= state !== taken;
  }
  return { after, events, changed };
}

function anyoneOut({ policies }: PathStates): boolean {
  return Object.values(policies).some(state => state.out);
}

import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import { systemCaller } from '../../access/caller.ts';
import { raiseRouteVersion } from '../../commands/route-versions.ts';
import { commitChange } from '../../storage/commit-change.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { readAllPolicyRouting } from '../decisions/policy-routing.ts';
import { isDead } from '../health/health-score.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { settledScoreOf } from '../health/settled-score.ts';
import type { WeekSummary } from '../health/week-scores.ts';
import { isRecent } from '../metrics/recent-metrics.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import { changeSides, type FailoverDone, type SideChange } from './change-sides.ts';
import { DEFAULT_FAILOVER } from './failover-settings.ts';
import { EVERY_POLICY, inMaintenance, isStillOut } from './path-out.ts';
import {
  decideAfter,
  decideBefore,
  movesBetween,
  type PathSituation,
  readSituation,
} from './path-situation.ts';
import { type FailoverStep, nextState, type PathState } from './path-state.ts';
import { type PathStates, readPathStates, statesActions } from './path-states-store.ts';

/** A score at which no policy can leave a path: the settings end at 100. */
const PERFECT = 100;

export interface Judgement {
  /** The change that was made; undefined: every policy stays where it is. */
  done?: FailoverDone & { operation: SideChange['operation'] };
}

export interface NewMeasurement {
  path_id: string;
  /** With its settled score. */
  metrics: PathMetrics;
  /** The measurement before it, if there was one. */
  previous?: PathMetrics | undefined;
  /** The path's scores in the week before; undefined: not known. */
  week?: WeekSummary | undefined;
  /** Set when it differs clearly from the measurement that decisions were made from; see `Kept`. */
  moved?: { from: PathMetrics | undefined };
  /** The job that judges, as the actor in the audit log. */
  job: string;
}

/**
 * Judges one new measurement of a path, and fails over or fails back the policies that it concerns.
 * While every policy uses the path and its score is above every policy's limit, this costs one read
 * after each invalidation of decisions. If no policy fails over or back, but a policy's preference
 * moves it to another path, the edges of both sites are notified to read their routes.
 */
export async function judgePath(
  context: StoreContext,
  caches: RoutingCaches,
  measurement: NewMeasurement,
): Promise<Judgement> {
  // A measurement that is reported an hour late does not show the present state of the path.
  if (!isRecent(measurement.metrics, context.clock())) return {};
  const { done, ended } = await judgeSides(context, caches, measurement);
  if (done) return { done };
  if (ended || measurement.moved) await notifyMovedRoutes(context, caches, { ...measurement, ended });
  return {};
}

interface Sides extends Judgement {
  /** Terms that kept policies off the path have expired, which has no entry in the audit log. */
  ended: boolean;
}

async function judgeSides(
  context: StoreContext,
  caches: RoutingCaches,
  { path_id, metrics, previous, week, job }: NewMeasurement,
): Promise<Sides> {
  if ((await isUsedByAll(context, caches, path_id)) && (await isGoodForAll(context, caches, metrics)))
    return { ended: false };
  return commitChange<Sides>(context, async begun => {
    const read = await readSituation(context, caches, path_id);
    const situation = withMeasurement(read, { metrics, previous, now: context.clock() });
    const { after, events, changed } = judge(situation, { metrics, week, now: context.clock() });
    if (!changed) return { actions: [], result: { ended: false } };
    if (events.size === 0) {
      const ended = anyPolicyReturns(situation.states, after);
      return { actions: statesActions(context, situation.states, after), result: { ended } };
    }
    const operation = events.has('failover') ? 'failoverPath' : 'failbackPath';
    const change = await changeSides(context, situation, {
      begun,
      operation,
      actor: systemCaller(job),
      after,
      samples: samplesOf(situation, { operation, metrics, previous }),
    });
    return { actions: change.actions, result: { done: { ...change.result, operation }, ended: false } };
  });
}

/** The paths of a full shard, see path-monitor. */
const MAX_PATHS = 120_000;

/** By path: the generation of decisions in which every policy used it. */
const usedByAll = new WeakMap<RoutingCaches, LRUCache<string, number>>();

/**
 * Whether every policy uses the path. A policy that leaves a path raises the generation of
 * decisions in the same transaction, so a result stays valid while the generation stays the same.
 */
async function isUsedByAll(context: StoreContext, caches: RoutingCaches, path_id: string): Promise<boolean> {
  const known = usedByAll.get(caches) ?? new LRUCache<string, number>({ max: MAX_PATHS });
  usedByAll.set(caches, known);
  // Read before the states: the second read sees a policy that leaves between both reads.
  const generation = await caches.routing.generation();
  if (generation !== undefined && known.get(path_id) === generation) return true;
  if (anyPolicyOut(await readPathStates(context, path_id))) return false;
  if (generation !== undefined) known.set(path_id, generation);
  return true;
}

/** Notifies the edges of both sites to read their routes if a policy now uses another path. */
async function notifyMovedRoutes(
  context: StoreContext,
  caches: RoutingCaches,
  { path_id, metrics, previous, moved, ended }: NewMeasurement & { ended: boolean },
): Promise<void> {
  const now = context.clock();
  const read = await readSituation(context, caches, path_id);
  // A steady path is stored each ten minutes, so the stored measurement held until the one before
  // this.
  const from = isRecent(previous, now) ? moved?.from : undefined;
  const situation = withMeasurement(read, { metrics, previous: undefined, now });
  const before = decideBefore({ ...situation, before: { metrics: from } }, now);
  const after = decideAfter(situation, { after: situation.states.policies, now });
  if (!ended && movesBetween(before, after).length === 0) return;
  const { source_site_id, destination_site_id } = situation.path;
  await Promise.all([source_site_id, destination_site_id].map(id => raiseRouteVersion(context, id)));
}

/** Whether no policy leaves a path at this measurement. A dead path has the score 0. */
async function isGoodForAll(
  context: StoreContext,
  caches: RoutingCaches,
  metrics: PathMetrics,
): Promise<boolean> {
  const score = settledScoreOf(metrics);
  if (score >= PERFECT) return true;
  return score >= (await highestLimit(context, caches));
}

/** How long the policies' thresholds are remembered. */
const LIMIT_KNOWN_MS = 10_000;

const knownLimits = new WeakMap<RoutingCaches, { limit: number; read_ms: number }>();

/**
 * The highest score below which any policy leaves a path; remembered for {@link LIMIT_KNOWN_MS}.
 */
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

// The cache may hold an older measurement of this path when the shared level is in trouble.
function withMeasurement(
  situation: PathSituation,
  { metrics, previous, now }: Measured & { now: number },
): PathSituation {
  const { pair, states } = situation;
  return {
    ...situation,
    pair: { ...pair, metrics: new Map(pair.metrics).set(states.path_id, metrics) },
    states: { ...states, samples: [...states.samples, metrics] },
    before: { metrics: isRecent(previous, now) ? previous : undefined },
  };
}

// A failover has the last two measurements, a failback all since the path was good again.
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
  /** Whether the new states differ from the stored ones. */
  changed: boolean;
}

/**
 * The states after a measurement. Each policy comes back to a withdrawn path by its own thresholds.
 * When all have come back, the withdrawal is forgotten.
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

/**
 * A state as it holds now: an expired one no longer keeps the policy out, and the terms of a
 * withdrawal are not part of a policy's own state.
 */
function stateNow(state: PathState | undefined, now: number): PathState | undefined {
  if (!state?.out) return state;
  const { until_ms: _, until_restored: _restored, ...own } = state;
  if (isStillOut(state, now)) return own;
  return { out: false, since_ms: state.since_ms, seen_ms: state.seen_ms };
}

function anyPolicyOut({ policies }: PathStates): boolean {
  return Object.values(policies).some(state => state.out);
}

/** Whether a policy that was out is in again. */
function anyPolicyReturns({ policies }: PathStates, after: Record<string, PathState>): boolean {
  return Object.entries(policies).some(([id, state]) => state.out && !after[id]?.out);
}

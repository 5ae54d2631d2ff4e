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
  /** It is a step away from what decisions were made from; see `Kept`. */
  moved?: { from: PathMetrics | undefined };
  /** Whose measurement leads to a change, for the audit log. */
  job: string;
}

/**
 * Judges one new measurement of a path, and fails over or fails back the policies that it concerns.
 * While every policy uses the path and it is better than any policy asks for, this costs a read
 * when decisions were forgotten since the last one. Where it does neither and yet moves a policy to
 * another path, by what the policy prefers, the edges of both sites are told to read their routes.
 */
export async function judgePath(
  context: StoreContext,
  caches: RoutingCaches,
  measurement: NewMeasurement,
): Promise<Judgement> {
  // A measurement that an edge reports an hour late says nothing about the path now.
  if (!isRecent(measurement.metrics, context.clock())) return {};
  const { done, ended } = await judgeSides(context, caches, measurement);
  if (done) return { done };
  if (ended || measurement.moved) await tellMovedRoutes(context, caches, { ...measurement, ended });
  return {};
}

interface Sides extends Judgement {
  /** Terms that kept policies off the path have run out: no entry of the audit log says so. */
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
      const ended = anyoneReturns(situation.states, after);
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

/** As many as a full shard brings, see path-monitor. */
const MAX_PATHS = 120_000;

/** By path: the generation of decisions in which every policy used it. */
const usedByAll = new WeakMap<RoutingCaches, LRUCache<string, number>>();

/**
 * Whether every policy uses the path. A policy that leaves one raises the generation of decisions
 * in the same transaction, so what was read before holds while the generation stays.
 */
async function isUsedByAll(context: StoreContext, caches: RoutingCaches, path_id: string): Promise<boolean> {
  const known = usedByAll.get(caches) ?? new LRUCache<string, number>({ max: MAX_PATHS });
  usedByAll.set(caches, known);
  // Read before the states: a policy that leaves between both reads is seen by the second.
  const generation = await caches.routing.generation();
  if (generation !== undefined && known.get(path_id) === generation) return true;
  if (anyoneOut(await readPathStates(context, path_id))) return false;
  if (generation !== undefined) known.set(path_id, generation);
  return true;
}

/** Has the edges of both sites read their routes where a policy takes another path now. */
async function tellMovedRoutes(
  context: StoreContext,
  caches: RoutingCaches,
  { path_id, metrics, previous, moved, ended }: NewMeasurement & { ended: boolean },
): Promise<void> {
  const now = context.clock();
  const read = await readSituation(context, caches, path_id);
  // A steady path is stored each ten minutes: what is stored held until the measurement before this
  // one.
  const from = isRecent(previous, now) ? moved?.from : undefined;
  const situation = withMeasurement(read, { metrics, previous: undefined, now });
  const before = decideBefore({ ...situation, before: { metrics: from } }, now);
  const after = decideAfter(situation, { after: situation.states.policies, now });
  if (!ended && movesBetween(before, after).length === 0) return;
  const { source_site_id, destination_site_id } = situation.path;
  await Promise.all([source_site_id, destination_site_id].map(id => raiseRouteVersion(context, id)));
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
  return {
    ...situation,
    pair: { ...pair, metrics: new Map(pair.metrics).set(states.path_id, metrics) },
    states: { ...states, samples: [...states.samples, metrics] },
    before: { metrics: isRecent(previous, now) ? previous : undefined },
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

/**
 * A state as it holds now: one that has expired is in, and the terms of a withdrawal are not a
 * policy's own.
 */
function stateNow(state: PathState | undefined, now: number): PathState | undefined {
  if (!state?.out) return state;
  const { until_ms: _, until_restored: _restored, ...own } = state;
  if (isStillOut(state, now)) return own;
  return { out: false, since_ms: state.since_ms, seen_ms: state.seen_ms };
}

function anyoneOut({ policies }: PathStates): boolean {
  return Object.values(policies).some(state => state.out);
}

/** Whether a state that kept a policy out is one no more. */
function anyoneReturns({ policies }: PathStates, after: Record<string, PathState>): boolean {
  return Object.entries(policies).some(([id, state]) => state.out && !after[id]?.out);
}

import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../time/clock.ts';
import { ErasedAddresses } from './erased-addresses.ts';
import { changeErasure } from './flow-erasures.ts';
import { HOUR_MS, hourOf, INDEX_PREFIX, indexKey } from './flow-key.ts';
import { giveLease, takeLease } from './flow-log-lease.ts';
import {
  ERASURE_STATUS,
  type FlowErasure,
  type FlowLogState,
  markObjects,
  readFlowLogState,
} from './flow-log-state.ts';
import type { FlowObjects } from './flow-objects.ts';
import { holdsErased } from './holds-erased.ts';
import { eraseLegacy } from './legacy/erase-legacy.ts';
import { mergeObjects } from './merge-objects.ts';
import { planMerges } from './plan-merges.ts';
import { listHour, listLog, type StoredObject } from './read-hour.ts';

export interface FlowLogRun {
  objects: FlowObjects;
  client: DynamoDBDocumentClient;
  /** The Traffic table. */
  table: string;
  clock: Clock;
  /** No merge begins after it: milliseconds since the epoch. */
  work_until: number;
  /** The run is surely gone by then: milliseconds since the epoch. */
  lease_until_ms: number;
  /** Of this run alone. */
  owner: string;
  /** How long a flow is kept; 0 keeps none. */
  ttl_hours: number;
}

/** What a run did. */
export interface FlowLogResult {
  /** Whether another run was at work: then nothing was done. */
  busy: boolean;
  /** Objects before and after. */
  objects: number;
  expired: number;
  merged: number;
  erasures_finished: number;
  /** Whether all that was due is done. */
  complete: boolean;
}

/**
 * Keeps the flow log: deletes what has outlived its time, merges the hours that have ended, takes erased lines out of objects. Goes as
 * far as its time goes; the next run goes on. May be killed anywhere, and two runs do no harm.
 *
 * @throws AggregateError of the hours that could not be dealt with, after all were tried
 */
export async function runFlowLog(run: FlowLogRun): Promise<FlowLogResult> {
  const { client, table, owner, clock, lease_until_ms, ttl_hours } = run;
  const store = { client, table };
  const result: FlowLogResult = {
    busy: false,
    objects: 0,
    expired: 0,
    merged: 0,
    erasures_finished: 0,
    complete: true,
  };
  const now = clock();
  if (!(await takeLease(store, { owner, now, until_ms: lease_until_ms }))) return { ...result, busy: true };
  let failures: unknown[];
  try {
    await markObjects(store, { now, ttl_hours });
    failures = await work(run, result);
  } finally {
    await giveLease(store, { owner });
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} hours of the flow log failed.`);
  return result;
}

async function work(run: FlowLogRun, result: FlowLogResult): Promise<unknown[]> {
  const { objects, clock, ttl_hours } = run;
  const state = await readFlowLogState(run);
  const expired_ms = clock() - ttl_hours * HOUR_MS;
  // Indexes are listed first: one whose object isn't there now was left behind by a run that was cut off.
  const indexes = await objects.list(INDEX_PREFIX);
  const listed = await listLog(objects);
  result.objects = listed.length;
  const kept = listed.filter(({ last_ms }) => last_ms > expired_ms);
  const held = new Set(kept.map(({ key }) => indexKey(key)));
  const expired = listed.filter(({ last_ms }) => last_ms <= expired_ms).map(({ key }) => key);
  await objects.delete(expired);
  await objects.delete(indexes.map(({ key }) => key).filter(key => !held.has(key)));
  result.expired = expired.length;
  return workOnHours(run, { state, kept, expired_ms, result });
}

interface HourWork {
  state: FlowLogState;
  kept: StoredObject[];
  expired_ms: number;
  result: FlowLogResult;
}

async function workOnHours(run: FlowLogRun, hourWork: HourWork): Promise<unknown[]> {
  const { state, kept, result } = hourWork;
  const running = state.erasures.filter(({ status }) => status === ERASURE_STATUS.running);
  const failures: unknown[] = [];
  for (const hour of new Set(kept.map(each => each.hour).sort((a, b) => a - b))) {
    try {
      const due = running.filter(each => hour < each.requested_ms && each.done_until_ms <= hour);
      result.complete = await workOnHour(run, { ...hourWork, hour, due });
      if (!result.complete) return failures;
      // Erasures go from hour to hour: what comes behind a failure is looked through again.
      if (failures.length > 0) continue;
      for (const { id } of due) await changeErasure(run, id, { done_until_ms: hour + HOUR_MS });
    } catch (cause) {
      failures.push(cause);
    }
  }
  if (failures.length === 0) await finish(run, { state, running, result });
  return failures;
}

/** @returns false when the time is over */
async function workOnHour(
  run: FlowLogRun,
  { state, kept, expired_ms, result, hour, due }: HourWork & { hour: number; due: FlowErasure[] },
): Promise<boolean> {
  const { objects, clock, work_until } = run;
  const erased = new ErasedAddresses(state.erasures);
  const listed = kept.filter(object => object.hour === hour);
  const merge = async (sources: StoredObject[]): Promise<void> => {
    // What an earlier group has become is among them.
    const others = (await listHour(objects, hour)).filter(
      ({ key, generation }) => generation > 0 && !sources.some(source => source.key === key),
    );
    if (!(await mergeObjects(objects, { sources, others, erased, expired_ms }))) {
      throw new Error(`An object of ${new Date(hour).toISOString()} is gone: another run is at work.`);
    }
    result.merged += sources.length;
  };
  const groups = planMerges(listed, { hour, now: clock(), erased_ms: erased.latest_ms });
  for (const sources of groups) {
    if (clock() >= work_until) return false;
    await merge(sources);
  }
  const merged = new Set(groups.flat());
  for (const object of listed.filter(each => !merged.has(each))) {
    const asked = due.filter(({ requested_ms }) => object.first_ms < requested_ms);
    if (asked.length === 0) continue;
    if (clock() >= work_until) return false;
    const addresses = asked.map(({ address }) => address);
    if (await holdsErased(objects, object, { erased, addresses })) await merge([object]);
  }
  return clock() < work_until || due.length === 0;
}

/** All objects were looked through: what is written from now on is merged without what was erased. */
async function finish(
  run: FlowLogRun,
  { state, running, result }: { state: FlowLogState; running: FlowErasure[]; result: FlowLogResult },
): Promise<void> {
  if (running.length === 0) return;
  await eraseLegacy(run, { state, addresses: running });
  for (const erasure of running) {
    const done_until_ms = hourOf(erasure.requested_ms) + HOUR_MS;
    const finished_ms = run.clock();
    await changeErasure(run, erasure.id, { status: ERASURE_STATUS.done, done_until_ms, finished_ms });
    result.erasures_finished += 1;
  }
}

import { changeErasure } from './flow-erasures.ts';
import { HOUR_MS, hourOf, INDEX_PREFIX, indexKey, indexPrefix } from './flow-key.ts';
import { giveLease, takeLease } from './flow-log-lease.ts';
import type { FlowLogResult, FlowLogRun } from './flow-log-run.ts';
import {
  ERASURE_STATUS,
  type FlowErasure,
  type FlowLogState,
  markObjects,
  readFlowLogState,
} from './flow-log-state.ts';
import { eraseLegacy } from './legacy/erase-legacy.ts';
import { listLog } from './read-hour.ts';
import { leasedSlices } from './slice-leases.ts';
import { HOUR_OUTCOME, type HourWork, workOnHour } from './work-on-hour.ts';

/**
 * Keeps the flow log: deletes what has outlived its time, merges the hours that have ended, takes
 * erased lines out of objects. Begins runs of their own for the slices of a large hour. Goes as far
 * as its time goes; the next run goes on. May be killed anywhere, and two runs do no harm.
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
    slices_begun: 0,
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
  // Indexes are listed first: one whose object isn't there now was left behind by a run that was
  // cut off, unless one is at work on its slice.
  const indexes = await objects.list(INDEX_PREFIX);
  const leased = await leasedSlices(run, { now: clock() });
  const listed = await listLog(objects);
  result.objects = listed.length;
  const kept = listed.filter(({ last_ms }) => last_ms > expired_ms);
  const held = new Set(kept.map(({ key }) => indexKey(key)));
  const expired = listed.filter(({ last_ms }) => last_ms <= expired_ms).map(({ key }) => key);
  await objects.delete(expired);
  const in_work = [...new Set(leased.map(({ hour }) => indexPrefix(hour)))];
  const left = indexes.filter(({ key }) => !held.has(key) && !in_work.some(hour => key.startsWith(hour)));
  await objects.delete(left.map(({ key }) => key));
  result.expired = expired.length;
  return workOnHours(run, { state, kept, expired_ms, leased, result });
}

type LogWork = Omit<HourWork, 'hour' | 'due'>;

async function workOnHours(run: FlowLogRun, logWork: LogWork): Promise<unknown[]> {
  const { state, kept, result } = logWork;
  const running = state.erasures.filter(({ status }) => status === ERASURE_STATUS.running);
  const failures: unknown[] = [];
  const hours = Map.groupBy(kept, ({ hour }) => hour);
  for (const hour of [...hours.keys()].sort((a, b) => a - b)) {
    try {
      const due = running.filter(each => hour < each.requested_ms && each.done_until_ms < hour + HOUR_MS);
      const outcome = await workOnHour(run, { ...logWork, hour, kept: hours.get(hour)!, due });
      if (outcome !== HOUR_OUTCOME.done) result.complete = false;
      if (outcome === HOUR_OUTCOME.cut_off) return failures;
      // Erasures go from hour to hour: what comes behind an hour that isn't done is looked through
      // again.
      if (failures.length > 0 || !result.complete) continue;
      for (const { id } of due) await changeErasure(run, id, { done_until_ms: hour + HOUR_MS });
    } catch (cause) {
      failures.push(cause);
    }
  }
  if (failures.length === 0 && result.complete) await finish(run, { state, running, result });
  return failures;
}

/**
 * All objects were looked through: what is written from now on is merged without what was erased.
 */
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

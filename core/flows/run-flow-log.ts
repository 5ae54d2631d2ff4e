import { changeErasure } from './flow-erasures.ts';
import { acquireLease, releaseLease } from './flow-log-lease.ts';
import type { FlowLogResult, FlowLogRun } from './flow-log-run.ts';
import {
  ERASURE_STATUS,
  type FlowErasure,
  type FlowLogState,
  markObjects,
  readFlowLogState,
} from './flow-log-state.ts';
import { eraseLegacy } from './legacy/erase-legacy.ts';
import { HOUR_MS, hourOf, INDEX_PREFIX, indexKey, indexPrefix } from './object-key.ts';
import { HOUR_OUTCOME, type HourWork, processHour } from './process-hour.ts';
import { listLog } from './read-hour.ts';
import { leasedSlices } from './slice-leases.ts';

/**
 * Maintains the flow log: deletes expired objects, merges hours that have ended, removes erased
 * lines from objects, and starts other runs for the slices of a large hour. It works as long as its
 * time allows; the next run continues. It may be killed at any point, and concurrent runs do no
 * harm.
 *
 * @throws AggregateError of the hours that failed, after all were tried
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
  if (!(await acquireLease(store, { owner, now, until_ms: lease_until_ms })))
    return { ...result, busy: true };
  let failures: unknown[];
  try {
    await markObjects(store, { now, ttl_hours });
    failures = await work(run, result);
  } finally {
    await releaseLease(store, { owner });
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} hours of the flow log failed.`);
  return result;
}

async function work(run: FlowLogRun, result: FlowLogResult): Promise<unknown[]> {
  const { objects, clock, ttl_hours } = run;
  const state = await readFlowLogState(run);
  const expired_ms = clock() - ttl_hours * HOUR_MS;
  // Indexes are listed before objects: an index without an object was left behind by an interrupted
  // run, unless a run is working on its slice.
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
  return processHours(run, { state, kept, expired_ms, leased, result });
}

type LogWork = Omit<HourWork, 'hour' | 'due'>;

async function processHours(run: FlowLogRun, logWork: LogWork): Promise<unknown[]> {
  const { state, kept, result } = logWork;
  const running = state.erasures.filter(({ status }) => status === ERASURE_STATUS.running);
  const failures: unknown[] = [];
  const hours = Map.groupBy(kept, ({ hour }) => hour);
  for (const hour of [...hours.keys()].sort((a, b) => a - b)) {
    try {
      const due = running.filter(each => hour < each.requested_ms && each.done_until_ms < hour + HOUR_MS);
      const outcome = await processHour(run, { ...logWork, hour, kept: hours.get(hour)!, due });
      if (outcome !== HOUR_OUTCOME.done) result.complete = false;
      if (outcome === HOUR_OUTCOME.cut_off) return failures;
      // Erasures progress hour by hour: hours after an unfinished one are processed again.
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
 * Finishes the erasures after all objects were processed. Later objects are merged without the
 * erased lines.
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

import { ErasedAddresses } from './erased-addresses.ts';
import { acquireLease, releaseLease } from './flow-log-lease.ts';
import type { FlowLogRun } from './flow-log-run.ts';
import { readFlowLogState } from './flow-log-state.ts';
import type { HourSlice } from './hour-slices.ts';
import { mergeObjects } from './merge-objects.ts';
import { HOUR_MS } from './object-key.ts';
import { groupMerges } from './plan-merges.ts';
import { listSlice } from './read-hour.ts';

/** The result of a run on a slice. */
export interface SliceResult {
  /** Whether another run was working on it: then this one did nothing. */
  busy: boolean;
  merged: number;
  /** Whether the whole slice is merged; if not, the job starts another run. */
  complete: boolean;
}

/**
 * Merges a slice of an hour, concurrently with runs on other slices. It drops repeats only within
 * each group. If it also dropped reports that objects outside its sources contain, and another run
 * did the same in reverse, a report could be lost.
 */
export async function runSlice(run: Omit<FlowLogRun, 'slices'>, of: HourSlice): Promise<SliceResult> {
  const { clock, owner, lease_until_ms } = run;
  if (!(await acquireLease(run, { owner, now: clock(), until_ms: lease_until_ms, of }))) {
    return { busy: true, merged: 0, complete: false };
  }
  try {
    return await mergeSlice(run, of);
  } finally {
    await releaseLease(run, { owner, of });
  }
}

async function mergeSlice(run: Omit<FlowLogRun, 'slices'>, of: HourSlice): Promise<SliceResult> {
  const { objects, clock, work_until, ttl_hours } = run;
  const result = { busy: false, merged: 0, complete: false };
  // Read after the lease is acquired: an erasure that is not among these waits until the lease is
  // released.
  const { erasures } = await readFlowLogState(run);
  const erased = new ErasedAddresses(erasures);
  for (const sources of groupMerges(await listSlice(objects, of))) {
    if (clock() >= work_until) return result;
    const expired_ms = clock() - ttl_hours * HOUR_MS;
    // A missing source has usually expired; the next run makes a new plan.
    if (!(await mergeObjects(objects, { sources, others: [], erased, expired_ms }))) return result;
    result.merged += sources.length;
  }
  return { ...result, complete: true };
}

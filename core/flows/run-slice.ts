import { ErasedAddresses } from './erased-addresses.ts';
import { HOUR_MS } from './flow-key.ts';
import { giveLease, takeLease } from './flow-log-lease.ts';
import type { FlowLogRun } from './flow-log-run.ts';
import { readFlowLogState } from './flow-log-state.ts';
import type { HourSlice } from './hour-slices.ts';
import { mergeObjects } from './merge-objects.ts';
import { groupMerges } from './plan-merges.ts';
import { listSlice } from './read-hour.ts';

/** What a run on a slice did. */
export interface SliceResult {
  /** Whether another run was at work on it: then nothing was done. */
  busy: boolean;
  merged: number;
  /** Whether all of the slice is merged; if not, the job begins another run. */
  complete: boolean;
}

/**
 * Merges a slice of an hour, beside runs on others. Drops repeats within each group only: a run
 * that dropped what an object outside its sources holds could lose a report when another run drops
 * it the other way round.
 */
export async function runSlice(run: Omit<FlowLogRun, 'slices'>, of: HourSlice): Promise<SliceResult> {
  const { clock, owner, lease_until_ms } = run;
  if (!(await takeLease(run, { owner, now: clock(), until_ms: lease_until_ms, of }))) {
    return { busy: true, merged: 0, complete: false };
  }
  try {
    return await mergeSlice(run, of);
  } finally {
    await giveLease(run, { owner, of });
  }
}

async function mergeSlice(run: Omit<FlowLogRun, 'slices'>, of: HourSlice): Promise<SliceResult> {
  const { objects, clock, work_until, ttl_hours } = run;
  const result = { busy: false, merged: 0, complete: false };
  // After the lease: an erasure that is not among these waits until the lease is given back.
  const { erasures } = await readFlowLogState(run);
  const erased = new ErasedAddresses(erasures);
  for (const sources of groupMerges(await listSlice(objects, of))) {
    if (clock() >= work_until) return result;
    const expired_ms = clock() - ttl_hours * HOUR_MS;
    // A source that is gone has expired, most often; the next run plans anew.
    if (!(await mergeObjects(objects, { sources, others: [], erased, expired_ms }))) return result;
    result.merged += sources.length;
  }
  return { ...result, complete: true };
}

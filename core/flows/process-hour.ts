import { ErasedAddresses } from './erased-addresses.ts';
import { changeErasure } from './flow-erasures.ts';
import type { FlowLogResult, FlowLogRun } from './flow-log-run.ts';
import type { FlowErasure, FlowLogState } from './flow-log-state.ts';
import type { FlowObjects } from './flow-objects.ts';
import { holdsErased } from './holds-erased.ts';
import { type HourSlice, isLarge, SLICES, type SliceRuns, sliceOf } from './hour-slices.ts';
import { inOrder } from './in-order.ts';
import { mergeObjects } from './merge-objects.ts';
import { planMerges } from './plan-merges.ts';
import { listHour, type StoredObject } from './read-hour.ts';

/** Number of objects that are searched for erased lines concurrently. */
const OBJECTS_AHEAD = 8;

/** How the work on an hour ended. */
export const HOUR_OUTCOME = { done: 'DONE', in_slices: 'IN_SLICES', cut_off: 'CUT_OFF' } as const;
type HourOutcome = (typeof HOUR_OUTCOME)[keyof typeof HOUR_OUTCOME];

export interface HourWork {
  hour: number;
  state: FlowLogState;
  /** Objects that have not expired. */
  kept: readonly StoredObject[];
  /** Flows that arrived at or before this time have expired, milliseconds since the epoch. */
  expired_ms: number;
  /** Slices that were being merged after `state` was read and before `kept` was listed. */
  leased: readonly HourSlice[];
  /** Erasures for which the hour has not been processed yet. */
  due: readonly FlowErasure[];
  /** The counts of this hour are added to it. */
  result: FlowLogResult;
}

/**
 * Merges an hour that has ended and removes erased lines from it. A large hour is merged by runs on
 * its slices; erasures wait for these.
 *
 * @throws Error if a source is missing, because another run is working on the hour
 */
export async function processHour(
  run: FlowLogRun,
  { state, kept, expired_ms, leased, result, hour, due }: HourWork,
): Promise<HourOutcome> {
  const { objects, clock, work_until, slices } = run;
  const erased = new ErasedAddresses(state.erasures);
  const large = isLarge(kept, slices);
  const merge = async (sources: StoredObject[]): Promise<void> => {
    const others = large ? [] : await otherMergedObjects(objects, { hour, sources });
    if (!(await mergeObjects(objects, { sources, others, erased, expired_ms }))) {
      throw new Error(
        `An object of ${new Date(hour).toISOString()} is missing: another run is working on the hour.`,
      );
    }
    result.merged += sources.length;
  };
  const groups = planMerges(kept, { hour, now: clock(), erased_ms: erased.latest_ms });
  // A run on a slice does not know erasures that were requested after it acquired its lease.
  if (leased.some(slice => slice.hour === hour) || (large && groups.length > 0)) {
    await beginSlices(slices, { groups, leased, result });
    return HOUR_OUTCOME.in_slices;
  }
  for (const sources of groups) {
    if (clock() >= work_until) return HOUR_OUTCOME.cut_off;
    await merge(sources);
  }
  if (due.length === 0) return HOUR_OUTCOME.done;
  return (await eraseInHour(run, { hour, due, erased, merge })) ? HOUR_OUTCOME.done : HOUR_OUTCOME.cut_off;
}

/**
 * The merged objects of the hour except the sources, including objects that earlier groups were
 * merged into.
 */
async function otherMergedObjects(
  objects: FlowObjects,
  { hour, sources }: { hour: number; sources: readonly StoredObject[] },
): Promise<StoredObject[]> {
  return (await listHour(objects, hour)).filter(
    ({ key, generation }) => generation > 0 && !sources.some(source => source.key === key),
  );
}

/**
 * Starts a run for each slice that has something to merge; at most as many at once as an hour has
 * slices.
 */
async function beginSlices(
  slices: SliceRuns,
  {
    groups,
    leased,
    result,
  }: { groups: readonly StoredObject[][]; leased: readonly HourSlice[]; result: FlowLogResult },
): Promise<void> {
  const batches = groups.flat().filter(({ generation }) => generation === 0);
  const due = new Map(batches.map(batch => [sliceOf(batch), { hour: batch.hour, slice: sliceOf(batch) }]));
  for (const each of due.values()) {
    if (leased.some(({ hour, slice }) => hour === each.hour && slice === each.slice)) continue;
    if (leased.length + result.slices_begun >= SLICES) return;
    await slices.begin(each);
    result.slices_begun += 1;
  }
}

interface HourErasure {
  hour: number;
  due: readonly FlowErasure[];
  erased: ErasedAddresses;
  merge(sources: StoredObject[]): Promise<void>;
}

/**
 * Removes erased lines from the hour's current objects. If the time runs out, it stores its
 * progress.
 *
 * @returns false if the time has run out
 */
async function eraseInHour(run: FlowLogRun, { hour, due, erased, merge }: HourErasure): Promise<boolean> {
  const { objects, clock, work_until } = run;
  const since_ms = Math.min(...due.map(({ done_until_ms }) => done_until_ms));
  const latest_ms = Math.max(...due.map(({ requested_ms }) => requested_ms));
  const affected = (await listHour(objects, hour)).filter(
    ({ first_ms }) => first_ms >= since_ms && first_ms < latest_ms,
  );
  const addresses = due.map(({ address }) => address);
  const holding = inOrder(affected, OBJECTS_AHEAD, object =>
    holdsErased(objects, object, { erased, addresses }),
  );
  for await (const [object, holds] of holding) {
    if (clock() >= work_until) {
      await storeProgress(run, due, object.first_ms);
      return false;
    }
    if (holds) await merge([object]);
  }
  return true;
}

async function storeProgress(
  run: FlowLogRun,
  due: readonly FlowErasure[],
  done_until_ms: number,
): Promise<void> {
  for (const { id } of due.filter(each => each.done_until_ms < done_until_ms)) {
    await changeErasure(run, id, { done_until_ms });
  }
}

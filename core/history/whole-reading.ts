import { HeardEdges } from '../inventory/edges/completeness.ts';
import type { ServedEdge } from '../inventory/edges/edge-service.ts';
import type { SilenceOptions } from '../ledger/lane/silence.ts';
import { ALL_LANES, type LaneGroup, parseLaneSortKey } from '../ledger/lane-keys.ts';
import { readGroupReading, STANDS_IN_MS } from './groups/group-store.ts';
import { type GroupWorkers, lanesBefore, readingOfGroup } from './groups/group-workers.ts';
import {
  addCounts,
  emptySample,
  type GroupOptions,
  type GroupReading,
  type GroupRequest,
  readGroup,
  type SeenLane,
} from './groups/read-group.ts';
import { ALL_TRAFFIC } from './history-keys.ts';
import type { TrackedLanes } from './late/lane-tracker.ts';
import { LateSpans } from './late/late-span.ts';
import type { LateGroup, Reading, ReadingId } from './reading.ts';
import type { Sample } from './sample.ts';
import type { SampleStore } from './sample-store.ts';

export interface ReadingOptions extends SilenceOptions, GroupOptions {
  /** All edges that were registered at any time. Awaited after the lanes were read. */
  registered: readonly ServedEdge[] | Promise<readonly ServedEdge[]>;
  /** Reads the groups. Without it all lanes are one group. */
  workers?: GroupWorkers | undefined;
}

/** The result of one pass over all lanes. */
export interface WholeReading extends Reading {
  lanes: number;
  bad_lanes: number;
  /** By policy id; the sum of all is under {@link ALL_TRAFFIC}. */
  policies: Map<string, Sample>;
  /** The registered edges that have reported. */
  heard: HeardEdges;
  /** The lanes as they were read, if they are one group. */
  seen: ReadonlyMap<string, SeenLane> | undefined;
}

/** The request for a reading. */
export interface ReadingRequest extends Omit<GroupRequest, 'group'> {
  /** The number of groups. */
  of: number;
  /** The lanes in the last reading, if they are remembered and are one group. */
  before: TrackedLanes | undefined;
}

/**
 * A group was not read in time, and no reading of the last hour can replace it. So there is no
 * snapshot of this minute.
 */
export class GroupsMissing extends Error {
  override readonly name = 'GroupsMissing';

  constructor(groups: readonly LaneGroup[]) {
    const names = groups.map(({ index, of }) => `${index} of ${of}`).join(', ');
    super(`Groups of lanes were not read in time, and have no reading of the hour before: ${names}.`);
  }
}

/**
 * Reads every lane once, as one group or in several groups at the same time. The last reading that
 * counts replaces a late group.
 *
 * @throws GroupsMissing
 */
export async function readWhole(options: ReadingOptions, request: ReadingRequest): Promise<WholeReading> {
  const { of, before, ...common } = request;
  if (of > 1 && options.workers) return readInGroups(options, options.workers, request);
  const known = before ?? (await lanesBefore(options.store, { ...common, group: ALL_LANES }));
  const only = await readGroup(options, { ...common, group: ALL_LANES }, known);
  const whole = await sumUp(options, common, [{ found: only, outdated: false }]);
  return { ...whole, seen: only.seen };
}

async function readInGroups(
  options: ReadingOptions,
  workers: GroupWorkers,
  { of, before: _, ...common }: ReadingRequest,
): Promise<WholeReading> {
  const { store } = options;
  const groups = Array.from({ length: of }, (_, index): LaneGroup => ({ index, of }));
  await workers.read(groups.map(group => ({ ...common, group })));
  const read = await Promise.all(groups.map(group => readOrReplace(store, { ...common, group })));
  const missing = groups.filter((_, index) => read[index] === undefined);
  if (missing.length > 0) throw new GroupsMissing(missing);
  const found = read.filter(each => each !== undefined);
  const late = found.flatMap(each => each.late ?? []);
  return { ...(await sumUp(options, common, found)), groups: { of, late }, seen: undefined };
}

/** The result of a group's reading, of now or before. */
interface Found {
  found: GroupReading;
  outdated: boolean;
  late?: LateGroup;
}

async function readOrReplace(store: SampleStore, request: GroupRequest): Promise<Found | undefined> {
  const { minute, group, earlier, last } = request;
  const now = await readGroupReading(store, { reading: request, group });
  if (now) return { found: now, outdated: false };
  const newest = last === undefined ? undefined : earlier[0];
  const reading = newest && readingOfGroup(newest, group);
  if (!reading || reading.minute < minute - STANDS_IN_MS) return undefined;
  const before = await readGroupReading(store, { reading, group });
  if (!before) return undefined;
  // Its late counts are in the sample for which it was read.
  for (const sample of before.policies.values()) delete sample.late;
  return { found: before, outdated: true, late: { index: group.index, ...reading } };
}

async function sumUp(
  { registered, silent_after_s }: ReadingOptions,
  { minute, taken_at }: ReadingId,
  readings: readonly Found[],
): Promise<Omit<WholeReading, 'seen'>> {
  const policies = new Map<string, Sample>();
  const late = new Map<string, LateSpans>();
  let [lanes, bad_lanes] = [0, 0];
  for (const { found } of readings) {
    lanes += found.lanes;
    bad_lanes += found.bad_lanes;
    for (const [id, sample] of found.policies) {
      const sum = policies.get(id) ?? emptySample({ minute, taken_at });
      addCounts(sum, sample);
      policies.set(id, sum);
      if (!sample.late) continue;
      const spans = late.get(id) ?? new LateSpans();
      for (const span of sample.late) spans.add(span);
      late.set(id, spans);
    }
  }
  for (const [id, spans] of late) policies.get(id)!.late = spans.list();
  const heard = new HeardEdges(await registered, taken_at, { silent_after_s });
  for (const { found, outdated } of readings) {
    for (const [sk, { heard_at, ...lane }] of found.seen) {
      heard.add({ ...parseLaneSortKey(sk), ...lane, last_heard_at_ms: heard_at }, { outdated });
    }
  }
  return { minute, taken_at, lanes, bad_lanes, policies, heard };
}

/** The beginning of the earliest late count in a reading; undefined without late counts. */
export function earliestOf({ policies }: Pick<WholeReading, 'policies'>): number | undefined {
  return policies.get(ALL_TRAFFIC)?.late?.[0]?.from;
}

import type { LaneGroup } from '../../ledger/lane-keys.ts';
import type { TrackedLanes } from '../late/lane-tracker.ts';
import { readTrackedLanes } from '../late/tracked-lanes.ts';
import type { ReadGroups, Reading, ReadingId } from '../reading.ts';
import type { SampleStore } from '../sample-store.ts';
import { claimGroup, putGroup, readGroupReading } from './group-store.ts';
import { type GroupOptions, type GroupRequest, readGroup } from './read-group.ts';

/** Reads groups of lanes at the same time. */
export interface GroupWorkers {
  /**
   * Reads each of the groups with {@link readGroupOnce}. Resolves when all have ended, with success
   * or not, or when there is no time to wait for the others. Does not reject.
   */
  read(requests: readonly GroupRequest[]): Promise<void>;
}

/**
 * Reads a group and stores the result, unless another run does so already.
 *
 * @returns whether this run has read it
 */
export async function readGroupOnce(options: GroupOptions, request: GroupRequest): Promise<boolean> {
  const { store } = options;
  const which = { reading: request, group: request.group };
  if (!(await claimGroup(store, which))) return false;
  const before = await lanesBefore(store, request);
  await putGroup(store, which, await readGroup(options, request, before));
  return true;
}

/**
 * The lanes of a group in its last reading that counts: from its stored result, or without one from
 * the samples.
 */
export async function lanesBefore(
  store: SampleStore,
  { group, earlier, last }: Pick<GroupRequest, 'group' | 'earlier' | 'last'>,
): Promise<TrackedLanes> {
  const newest = earlier[0];
  if (last === undefined || !newest) return new Map();
  const reading = readingOfGroup(newest, group);
  const stored = reading && (await readGroupReading(store, { reading, group }));
  if (stored) return stored.seen;
  const older = earlier.filter(({ taken_at }) => taken_at < newest.taken_at);
  return readTrackedLanes(store, { readings: [...older, newest], group });
}

/**
 * The reading of a group in a reading of all lanes; undefined if that one was taken in other
 * groups.
 */
export function readingOfGroup(
  { minute, taken_at, groups }: Reading,
  { index, of }: LaneGroup,
): ReadingId | undefined {
  if (groups?.of !== of) return undefined;
  return groups.late.find(late => late.index === index) ?? { minute, taken_at };
}

/** Usual upper limit of the lanes that one function reads: some 2 seconds of processor time. */
export const LANES_A_GROUP = 8_000;

const MOST_GROUPS = 64;

/**
 * The number of groups for a number of lanes: a power of two up to 64. It falls when a quarter of
 * the lanes is left and not before, because a reading in other groups than the one before reads
 * twice.
 */
export function groupsFor(
  lanes: number,
  before: ReadGroups | undefined,
  lanes_a_group = LANES_A_GROUP,
): number {
  let of = before?.of ?? 1;
  while (of < MOST_GROUPS && lanes > of * lanes_a_group) of *= 2;
  while (of > 1 && lanes * 4 < of * lanes_a_group) of /= 2;
  return of;
}

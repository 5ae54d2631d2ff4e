import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { batchPut } from '../storage/batch-write.ts';
import { classifyFailure } from '../storage/failure.ts';
import type { Item } from '../storage/item.ts';
import { conditionOf } from '../storage/item-update.ts';
import { firstSnapshotPut, readFirstSnapshot } from './first-snapshot.ts';
import { groupsFor } from './groups/group-workers.ts';
import type { Rollup } from './groups/read-group.ts';
import { ALL_TRAFFIC } from './history-keys.ts';
import type { TrackedLanes } from './late/lane-tracker.ts';
import { type LateReading, lateReadingItem, reachesFar } from './late/late-readings.ts';
import { claimReading, readingIsNewest } from './reading-claim.ts';
import { floorTo, RESOLUTIONS, type Resolution } from './resolution.ts';
import { rollupSamples } from './rollup.ts';
import { fingerprintOf, type SnapshotMark } from './sample.ts';
import { expiryOf } from './sample-expiry.ts';
import { markItem, policySampleItem, readLastMark, type SampleStore } from './sample-store.ts';
import { packSilences } from './silence-spans.ts';
import { earliestOf, type ReadingOptions, readWhole, type WholeReading } from './whole-reading.ts';

export interface SnapshotOptions extends ReadingOptions {
  /**
   * The instant for which the schedule fired; its minute is the snapshot's. Milliseconds.
   */
  scheduled_at: number;
  /**
   * What this container wrote last, so that unchanged samples are not written again. Without it
   * more is written, and no sample is lost.
   */
  previous?: PreviousTotals;
  /**
   * More lanes than this are read in groups. While there are fewer than 64 groups, it is also the
   * upper limit of the lanes in a group. Default: 8,000.
   */
  lanes_a_group?: number;
}

export interface SnapshotResult {
  /** `false`: the snapshot of this minute existed already, and nothing was changed. */
  taken: boolean;
  minute: number;
  lanes: number;
  bad_lanes: number;
  /** Edges that should have reported. */
  edges_expected: number;
  /** Those of them that did not report. */
  edges_silent: number;
  /** The total of all policies, for graphs; not exact beyond 2^53. */
  packets_counted: number;
  bytes_counted: number;
  /** Samples written: of the policies whose totals changed, and of all traffic. */
  policies_written: number;
  /** The resolutions of the hour or day for which this reading counts too. */
  rollups: Rollup[];
  /** Groups of lanes for which an earlier reading is used. */
  late_groups: number[];
}

/**
 * What a container remembers of its last snapshot. It is valid while no other run has taken one
 * since.
 */
export interface PreviousTotals {
  taken_at: number;
  /** The last written totals, by policy. */
  fingerprints: Map<string, string>;
  /**
   * The lanes as they were read, if they are one group. Without them, what is stored of them is
   * read.
   */
  lanes?: TrackedLanes | undefined;
}

/**
 * Takes the snapshot of a minute: reads every lane once, and derives the samples of all policies
 * and lanes from that one reading. Everything is written under the time of the reading. The mark,
 * which is put last and on condition, makes it count. So a run that is interrupted leaves nothing
 * visible, and of several runs of one minute one counts. A reading that begins invalidates the ones
 * before it: they get no mark.
 *
 * @throws GroupsMissing
 */
export async function takeSnapshot(options: SnapshotOptions): Promise<SnapshotResult> {
  const { store, scheduled_at, clock } = options;
  const minute = floorTo(scheduled_at, RESOLUTIONS.MINUTE.ms);
  if (!(await marksBefore(store, { minute, now: clock() }))) return notTaken(minute);
  const taken_at = clock();
  await claimReading(store, taken_at);
  // Read again, because a run of this minute or a later one may have ended since.
  const marks = await marksBefore(store, { minute, now: clock() });
  if (!marks) return notTaken(minute);
  const { newest, last } = marks;
  const { rollups: due, hour, day } = await dueRollups(store, minute);
  const earlier = [last, hour].filter(mark => mark !== undefined);
  const remembered = options.previous?.taken_at === last?.taken_at ? options.previous : undefined;
  const known = remembered?.fingerprints;
  const reading = await readWhole(options, {
    ...{ minute, taken_at, rollups: due, earlier, last: last?.minute },
    of: options.workers ? groupsFor(last?.lanes ?? 0, last?.groups, options.lanes_a_group) : 1,
    before: remembered?.lanes,
  });
  const { lanes, bad_lanes, heard, groups } = reading;
  const mark: SnapshotMark = {
    ...{ at: minute, taken_at, minute, ...heard.completenessAt(minute), lanes, bad_lanes },
    ...(groups && { groups }),
  };
  // Samples of an hour or a day are kept longer than the minute's samples that replace a late
  // group. So the next minute writes the hour or day.
  const rollups = groups && groups.late.length > 0 ? [] : due;

  const written = await writePolicySamples(options, { reading, known, all: due.length > 0 });
  await putLateReading(options, {
    resolution: 'MINUTE',
    at: minute,
    taken_at,
    earliest: earliestOf(reading),
  });
  const silences = packSilences(heard.silences(), { now: minute, retention: options.retention });
  const rollUp = async (): Promise<RolledMark[]> => {
    const { policies } = reading;
    const rolledUp = await rollupSamples(options, { mark, policies, rollups, before: { hour, day } });
    return Promise.all(
      rolledUp.map(async ({ resolution, at, earliest }) => {
        await putLateReading(options, { resolution, at, taken_at, earliest });
        return { resolution, mark: { ...mark, at, ...heard.completenessAt(at) } };
      }),
    );
  };
  // Old marks have expired; the item with the time of the first one does not expire.
  const isFirst = !newest && !day && (await readFirstSnapshot(store)) === undefined;
  const first = isFirst ? await rollUp() : undefined;
  const taken = await putMark(options, mark, { silences, first });
  if (taken) {
    const fingerprints = new Map([...(known ?? []), ...written]);
    remember(options.previous, { taken_at, fingerprints, lanes: reading.seen });
    // After the minute's mark: if an hour or day takes too long, the next run continues it and no
    // minute is missed.
    if (!first) for (const rolled of await rollUp()) await putRolledMark(options, rolled);
  }
  const late_groups = groups?.late.map(({ index }) => index) ?? [];
  const { edges_expected } = mark;
  const counted = reading.policies.get(ALL_TRAFFIC);
  return {
    ...{ taken, minute, lanes, bad_lanes },
    ...{ edges_expected, edges_silent: edges_expected - mark.edges_heard },
    ...{ packets_counted: Number(counted?.packets ?? 0n), bytes_counted: Number(counted?.bytes ?? 0n) },
    ...{ policies_written: written.size, rollups, late_groups },
  };
}

function notTaken(minute: number): SnapshotResult {
  return {
    ...{ taken: false, minute, lanes: 0, bad_lanes: 0, edges_expected: 0, edges_silent: 0 },
    ...{ packets_counted: 0, bytes_counted: 0 },
    ...{ policies_written: 0, rollups: [], late_groups: [] },
  };
}

/**
 * The newest mark and the last one before a minute; undefined if the minute's snapshot exists
 * already or can no longer be taken.
 */
async function marksBefore(
  store: SampleStore,
  { minute, now }: { minute: number; now: number },
): Promise<{ newest: SnapshotMark | undefined; last: SnapshotMark | undefined } | undefined> {
  const newest = await readLastMark(store, { resolution: 'MINUTE' });
  const last = isAfter(newest, minute)
    ? await readLastMark(store, { resolution: 'MINUTE', before: minute })
    : newest;
  return last?.at === minute || isOvertaken(newest, { minute, now }) ? undefined : { newest, last };
}

/** Lists a reading whose late counts are older than readers look ahead. Usually there is none. */
async function putLateReading(
  { store, retention }: SnapshotOptions,
  reading: Omit<LateReading, 'earliest'> & { earliest: number | undefined },
): Promise<void> {
  const { resolution, at, earliest } = reading;
  if (earliest === undefined || !reachesFar({ resolution, at, earliest })) return;
  const expires_at = expiryOf(at, { resolution, retention });
  const Item = lateReadingItem({ ...reading, earliest }, { expires_at });
  await store.client.send(new PutCommand({ TableName: store.table, Item }));
}

function isAfter(mark: SnapshotMark | undefined, minute: number): boolean {
  return mark !== undefined && mark.at > minute;
}

// A late job must not put what it reads now before the reading of a later minute: totals would go
// down. A mark that was taken in the future is from before the clock was set back, and does not
// count.
function isOvertaken(
  newest: SnapshotMark | undefined,
  { minute, now }: { minute: number; now: number },
): boolean {
  return newest !== undefined && newest.at > minute && newest.taken_at <= now;
}

/**
 * The hour and the day of which this minute is the first reading, and the last marks of both.
 */
async function dueRollups(store: SampleStore, minute: number) {
  const [hour, day] = await Promise.all([
    readLastMark(store, { resolution: 'HOUR', before: minute }),
    readLastMark(store, { resolution: 'DAY', before: minute }),
  ]);
  const rollups: Rollup[] = [];
  if (!hour || hour.at < floorTo(minute, RESOLUTIONS.HOUR.ms)) rollups.push('HOUR');
  if (!day || day.at < floorTo(minute, RESOLUTIONS.DAY.ms)) rollups.push('DAY');
  return { rollups, hour, day };
}

// An hour's first snapshot writes `all` policies, so that a reader finds a base within the hour
// before.
async function writePolicySamples(
  { store, retention, sleep }: SnapshotOptions,
  {
    reading: { policies, minute },
    known,
    all,
  }: { reading: WholeReading; known: ReadonlyMap<string, string> | undefined; all: boolean },
): Promise<Map<string, string>> {
  const written = new Map<string, string>();
  const items: Item[] = [];
  const expires_at = expiryOf(minute, { resolution: 'MINUTE', retention });
  for (const [policy_id, sample] of policies) {
    const fingerprint = fingerprintOf(sample);
    if (!all && known?.get(policy_id) === fingerprint) continue;
    written.set(policy_id, fingerprint);
    items.push(policySampleItem(policy_id, sample, { resolution: 'MINUTE', expires_at }));
  }
  await batchPut(items, { client: store.client, table: store.table, sleep });
  return written;
}

/** The mark of an hour or a day. */
interface RolledMark {
  resolution: Rollup;
  mark: SnapshotMark;
}

/**
 * Puts the mark of a minute unless another run has put one or has begun to read. If the answer was
 * lost, the repetition finds its own mark, which counts as success. The system's `first` mark is
 * put in one transaction with the marks of its hour and day and the item with its time, so that an
 * interrupted run leaves all of them or none.
 *
 * @returns whether the stored mark is this one
 */
async function putMark(
  options: SnapshotOptions,
  mark: SnapshotMark,
  { silences, first }: { silences: string; first: readonly RolledMark[] | undefined },
): Promise<boolean> {
  const { client, table } = options.store;
  const puts = [markPut(options, mark, { resolution: 'MINUTE', silences })];
  if (first) {
    puts.push({ Put: firstSnapshotPut(table, mark.minute) });
    for (const { resolution, mark: rolled } of first) puts.push(markPut(options, rolled, { resolution }));
  }
  try {
    const TransactItems = [...puts, readingIsNewest(table, mark.taken_at)];
    await client.send(new TransactWriteCommand({ TransactItems }));
    return true;
  } catch (cause) {
    if (classifyFailure(cause).kind !== 'condition') throw cause;
    const stored = await readLastMark({ client, table }, { resolution: 'MINUTE', before: mark.at });
    return stored?.taken_at === mark.taken_at;
  }
}

/** Puts the mark of an hour or a day unless another run has put one. */
async function putRolledMark(options: SnapshotOptions, { resolution, mark }: RolledMark): Promise<void> {
  try {
    await options.store.client.send(new PutCommand(markPut(options, mark, { resolution }).Put));
  } catch (cause) {
    if (classifyFailure(cause).kind !== 'condition') throw cause;
  }
}

function markPut(
  { store: { table }, retention }: SnapshotOptions,
  mark: SnapshotMark,
  { resolution, silences }: { resolution: Resolution; silences?: string },
) {
  const expires_at = expiryOf(mark.at, { resolution, retention });
  const Item = markItem(mark, { resolution, expires_at, ...(silences !== undefined && { silences }) });
  return {
    Put: { TableName: table, Item, ...conditionOf({ expression: 'attribute_not_exists(#pk)' }) },
  };
}

function remember(previous: PreviousTotals | undefined, totals: PreviousTotals): void {
  if (previous) Object.assign(previous, totals);
}

import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { batchPut } from '../storage/batch-write.ts';
import { classifyFailure } from '../storage/failure.ts';
import type { Item } from '../storage/item.ts';
import { conditionOf } from '../storage/item-update.ts';
import { firstSnapshotPut, readFirstSnapshot } from './first-snapshot.ts';
import type { TrackedLanes } from './late/lane-tracker.ts';
import { type LateReading, lateReadingItem, reachesFar } from './late/late-readings.ts';
import { readTrackedLanes } from './late/tracked-lanes.ts';
import { floorTo, RESOLUTIONS, type Resolution } from './resolution.ts';
import { rollupSamples } from './rollup.ts';
import { fingerprintOf, type SnapshotMark } from './sample.ts';
import { expiryOf } from './sample-expiry.ts';
import { markItem, policySampleItem, readLastMark, type SampleStore } from './sample-store.ts';
import { packSilences } from './silence-spans.ts';
import { type ReadingOptions, type Rollup, readWhole, type WholeReading } from './whole-reading.ts';

export interface SnapshotOptions extends ReadingOptions {
  /** The instant that the schedule fired for; its minute is what the snapshot stands for. Milliseconds. */
  scheduled_at: number;
  /** What this container wrote last, to leave out what has not changed. Losing it costs writes, no sample. */
  previous?: PreviousTotals;
}

export interface SnapshotResult {
  /** `false`: this minute had been taken already, and nothing was changed. */
  taken: boolean;
  minute: number;
  lanes: number;
  bad_lanes: number;
  /** Samples written: the policies whose totals changed, and the sum of all. */
  policies_written: number;
  /** The resolutions whose hour or day this reading also stands for. */
  rollups: Rollup[];
}

/** What a container remembers of its last snapshot; it counts only while no other run has taken one since. */
export interface PreviousTotals {
  taken_at: number;
  /** By policy, the totals that were written last. */
  fingerprints: Map<string, string>;
  /** The lanes as they were read; without them the last snapshot's samples are read instead. */
  lanes?: TrackedLanes;
}

/**
 * Takes the snapshot of a minute: reads every lane once, and derives the samples of all policies and lanes from that one
 * reading. Everything is written under the time of the reading; the mark, put last and on condition, makes it count. So a
 * run that is cut off leaves nothing visible, and of two runs of one minute the first to finish wins.
 */
export async function takeSnapshot(options: SnapshotOptions): Promise<SnapshotResult> {
  const { store, scheduled_at, clock } = options;
  const minute = floorTo(scheduled_at, RESOLUTIONS.MINUTE.ms);
  const newest = await readLastMark(store, { resolution: 'MINUTE' });
  const last = isAfter(newest, minute)
    ? await readLastMark(store, { resolution: 'MINUTE', before: minute })
    : newest;
  if (last?.at === minute || isOvertaken(newest, { minute, now: clock() })) {
    return { taken: false, minute, lanes: 0, bad_lanes: 0, policies_written: 0, rollups: [] };
  }
  const { rollups, hour, day } = await dueRollups(store, minute);
  const earlier = [last, hour].filter(mark => mark !== undefined);
  const remembered = options.previous?.taken_at === last?.taken_at ? options.previous : undefined;
  const known = remembered?.fingerprints;
  const before = last && {
    minute: last.minute,
    lanes: remembered?.lanes ?? (await readTrackedLanes(store, oldestFirst(earlier))),
  };
  const reading = await readWhole(options, { minute, taken_at: clock(), rollups, earlier, before });
  const { taken_at, lanes, bad_lanes, heard, tracker } = reading;
  const mark: SnapshotMark = {
    at: minute,
    taken_at,
    minute,
    ...heard.completenessAt(minute),
    lanes,
    bad_lanes,
  };

  const written = await writePolicySamples(options, { reading, known });
  await putLateReading(options, { resolution: 'MINUTE', at: minute, taken_at, earliest: tracker.earliest });
  const silences = packSilences(heard.silences(), { now: minute, retention: options.retention });
  // Marks of long ago have expired; the item that says when the first one was put has not.
  const isFirst = !newest && !day && (await readFirstSnapshot(store)) === undefined;
  const taken = await putMark(options, mark, {
    resolution: 'MINUTE',
    silences,
    rated_lanes: reading.rated_lanes,
    isFirst,
  });
  if (taken) {
    const fingerprints = new Map([...(known ?? []), ...written]);
    remember(options.previous, { taken_at, fingerprints, lanes: tracker.lanes });
    // Behind the minute's mark: an hour or day that takes too long is taken up by the next run, and no minute is missed for it.
    const rolledUp = await rollupSamples(options, {
      mark,
      policies: reading.policies,
      rollups,
      before: { hour, day },
    });
    for (const { resolution, at, earliest } of rolledUp) {
      await putLateReading(options, { resolution, at, taken_at, earliest });
      await putMark(options, { ...mark, at, ...heard.completenessAt(at) }, { resolution });
    }
  }
  return { taken, minute, lanes, bad_lanes, policies_written: written.size, rollups };
}

function oldestFirst(marks: readonly SnapshotMark[]): SnapshotMark[] {
  const [last, hour] = marks;
  return last && hour && hour.taken_at < last.taken_at ? [hour, last] : marks.slice(0, 1);
}

/** Lists a reading that reaches back further than readers look ahead; as a rule there is none. */
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

// A late job must not put what it reads now before what a later minute's job has read already: totals would go down. A mark that
// was taken in the future is one of a clock that was set back since; it holds nothing up.
function isOvertaken(
  newest: SnapshotMark | undefined,
  { minute, now }: { minute: number; now: number },
): boolean {
  return newest !== undefined && newest.at > minute && newest.taken_at <= now;
}

/** The hour and the day whose instant this minute is the first to be read at, and the last marks of both. */
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

// The first snapshot of each hour writes all policies, so that a reader finds a base within the hour before.
async function writePolicySamples(
  { store, retention, sleep }: SnapshotOptions,
  { reading, known }: { reading: WholeReading; known: ReadonlyMap<string, string> | undefined },
): Promise<Map<string, string>> {
  const { policies, minute, rollups } = reading;
  const written = new Map<string, string>();
  const items: Item[] = [];
  const expires_at = expiryOf(minute, { resolution: 'MINUTE', retention });
  for (const [policy_id, sample] of policies) {
    const fingerprint = fingerprintOf(sample);
    if (rollups.length === 0 && known?.get(policy_id) === fingerprint) continue;
    written.set(policy_id, fingerprint);
    items.push(policySampleItem(policy_id, sample, { resolution: 'MINUTE', expires_at }));
  }
  await batchPut(items, { client: store.client, table: store.table, sleep });
  return written;
}

/**
 * Puts the mark of a snapshot unless another run has put one. A put whose answer was lost and that is repeated finds its own mark, which
 * counts as done. The system's first mark and the item that says since when there are any are put at once: a run that is cut off
 * leaves both or none.
 *
 * @returns whether the stored mark is this one
 */
async function putMark(
  { store: { client, table }, retention }: SnapshotOptions,
  mark: SnapshotMark,
  {
    resolution,
    isFirst = false,
    ...more
  }: { resolution: Resolution; silences?: string; rated_lanes?: number; isFirst?: boolean },
): Promise<boolean> {
  const expires_at = expiryOf(mark.at, { resolution, retention });
  const put = {
    TableName: table,
    Item: markItem(mark, { resolution, expires_at, ...more }),
    ...conditionOf({ expression: 'attribute_not_exists(#pk)' }),
  };
  try {
    if (isFirst) {
      const TransactItems = [{ Put: put }, { Put: firstSnapshotPut(table, mark.minute) }];
      await client.send(new TransactWriteCommand({ TransactItems }));
    } else await client.send(new PutCommand(put));
    return true;
  } catch (cause) {
    if (classifyFailure(cause).kind !== 'condition') throw cause;
    const stored = await readLastMark({ client, table }, { resolution, before: mark.at });
    return stored?.taken_at === mark.taken_at;
  }
}

function remember(previous: PreviousTotals | undefined, totals: PreviousTotals): void {
  if (previous) Object.assign(previous, totals);
}

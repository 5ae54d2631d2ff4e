import { atOnce } from '../storage/at-once.ts';
import { readItems } from '../storage/batch-get.ts';
import { batchPut } from '../storage/batch-write.ts';
import { type Item, keyText } from '../storage/item.ts';
import type { Clock, Sleep } from '../time/clock.ts';
import type { Rollup } from './groups/read-group.ts';
import { policySampleKey, policySamplePartition } from './history-keys.ts';
import type { LateReading } from './late/late-readings.ts';
import { RolledRange, type RolledUp, rollUpHours, rollUpMinutes } from './peaks.ts';
import { NO_BYTES } from './percentile/fives.ts';
import { floorTo, RESOLUTIONS, type Retention } from './resolution.ts';
import { fingerprintOf, type Sample, type SnapshotMark } from './sample.ts';
import { expiryOf } from './sample-expiry.ts';
import { policySampleItem, type SampleStore, sampleOfItem } from './sample-store.ts';

interface RollupOptions {
  store: SampleStore;
  retention: Retention;
  clock: Clock;
  sleep: Sleep;
  /** No reading is repeated after this time, milliseconds since the epoch. */
  deadline?: number;
}

interface RollupInput {
  /** The mark of the running snapshot. */
  mark: SnapshotMark;
  policies: ReadonlyMap<string, Sample>;
  rollups: readonly Rollup[];
  /** The last hour and day before this snapshot. */
  before: { hour: SnapshotMark | undefined; day: SnapshotMark | undefined };
}

/** An hour or day, and the beginning of its earliest late count; undefined without late counts. */
interface DoneRollup extends Pick<LateReading, 'at'> {
  resolution: Rollup;
  earliest: number | undefined;
}

/** Policies whose samples are made and written at the same time, which bounds memory. */
const AT_ONCE = 500;

/** Policies whose peaks are read at the same time. */
const READ_AT_ONCE = 32;

/**
 * Writes the samples of the hour or day that ends with this snapshot, for every policy: the totals
 * of this reading, the highest rates and active flows since the sample before, and late counts of
 * earlier hours or days. The number of reads depends on the policies that changed. One that has
 * counted nothing since the last hour or day is known from its sample of that time, and one call
 * reads 100 of these.
 */
export async function rollupSamples(options: RollupOptions, input: RollupInput): Promise<DoneRollup[]> {
  if (input.rollups.length === 0) return [];
  const { store, sleep } = options;
  const ranges = rangesOf(options, input);
  const policies = [...input.policies];
  const done: Record<Rollup, DoneRollup> = {
    HOUR: { resolution: 'HOUR', at: ranges.hour.to, earliest: undefined },
    DAY: { resolution: 'DAY', at: ranges.day.to, earliest: undefined },
  };
  for (let start = 0; start < policies.length; start += AT_ONCE) {
    const some = policies.slice(start, start + AT_ONCE);
    const last = await readLastSamples(options, input, some);
    const rolled: RolledSample[] = [];
    await atOnce(READ_AT_ONCE, some, async policy => {
      rolled.push(...(await samplesOf(options, { ...input, ranges, last }, policy)));
    });
    const items: Item[] = [];
    for (const { policy_id, resolution, sample } of rolled) {
      const expires_at = expiryOf(sample.at, { resolution, retention: options.retention });
      items.push(policySampleItem(policy_id, sample, { resolution, expires_at }));
      const earliest = sample.late?.[0]?.from;
      done[resolution].earliest = least(done[resolution].earliest, earliest);
    }
    await batchPut(items, { client: store.client, table: store.table, sleep });
  }
  return input.rollups.map(resolution => done[resolution]);
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

type Ranges = ReturnType<typeof rangesOf>;

function rangesOf({ store, retention }: RollupOptions, { mark, before: { hour, day } }: RollupInput) {
  const hourEnd = floorTo(mark.minute, RESOLUTIONS.HOUR.ms);
  const dayEnd = floorTo(mark.minute, RESOLUTIONS.DAY.ms);
  return {
    // Up to this reading's own minute: if the first minutes of the next hour were missed, they are
    // included.
    hour: new RolledRange(store, {
      of: 'MINUTE',
      to: hourEnd,
      until: mark.minute,
      newest: mark,
      before: hour && hour.at < hourEnd ? hour : undefined,
      kept: mark.minute - retention.MINUTE,
    }),
    day: new RolledRange(store, {
      of: 'HOUR',
      to: dayEnd,
      until: dayEnd,
      newest: { ...mark, at: dayEnd },
      before: day && day.at < dayEnd ? day : undefined,
      kept: mark.minute - retention.HOUR,
    }),
  };
}

interface RolledSample {
  policy_id: string;
  resolution: Rollup;
  sample: Sample;
}

/** The policies' samples of the last hour and day, by the text of their keys. */
async function readLastSamples(
  { store, sleep, clock, deadline = Number.POSITIVE_INFINITY }: RollupOptions,
  { before, rollups }: RollupInput,
  policies: readonly (readonly [string, Sample])[],
): Promise<LastSample> {
  const marks = [before.hour && lastOf('HOUR', before.hour)];
  if (rollups.includes('DAY')) marks.push(before.day && lastOf('DAY', before.day));
  const sortKeys = marks.filter(sk => sk !== undefined);
  const keys = policies.flatMap(([id]) => sortKeys.map(sk => ({ pk: policySamplePartition(id), sk })));
  const found = await readItems(keys, { ...store, sleep, clock, deadline, random: Math.random });
  return (policy_id, sk) => {
    const item =
      sk === undefined ? undefined : found.get(keyText({ pk: policySamplePartition(policy_id), sk }));
    return item && sampleOfItem(item as { packed: unknown });
  };
}

type LastSample = (policy_id: string, sk: string | undefined) => Sample | undefined;

function lastOf(resolution: 'HOUR' | 'DAY', { at, taken_at }: SnapshotMark): string {
  return policySampleKey(resolution, at, taken_at);
}

/** Whether nothing was counted since a sample and the number of active flows is the same. */
function isSame(last: Sample | undefined, now: Sample): boolean {
  return last !== undefined && fingerprintOf(last) === fingerprintOf(now);
}

async function samplesOf(
  { store }: RollupOptions,
  { rollups, before, ranges, last }: RollupInput & { ranges: Ranges; last: LastSample },
  [policy_id, newest]: readonly [string, Sample],
): Promise<RolledSample[]> {
  const { hour, day } = ranges;
  const { active_flows } = newest;
  // Without an increment there is nothing late.
  const atRest: RolledUp = {
    peak: { packets_per_second: 0, bits_per_second: 0, active_flows },
    late: [],
    repairs: [],
  };
  // The first reading of a range has no rate.
  const isFirst = async (range: RolledRange) => (await range.marksFrom(range.from)).length === 1;
  const isUnchanged = isSame(last(policy_id, before.hour && lastOf('HOUR', before.hour)), newest);
  const restsInHour = (await isFirst(hour)) || isUnchanged;
  const resting = isUnchanged ? { ...atRest, fives: NO_BYTES } : atRest;
  const ofHour = restsInHour ? resting : await rollUpMinutes(store, { policy_id, hour, newest });
  const samples: RolledSample[] = [];
  if (rollups.includes('HOUR')) {
    samples.push({ policy_id, resolution: 'HOUR', sample: { ...newest, at: hour.to, ...ofHour } });
  }
  if (rollups.includes('DAY')) {
    const restsInDay =
      (restsInHour && (await isFirst(day))) ||
      isSame(last(policy_id, before.day && lastOf('DAY', before.day)), newest);
    const ofDay = restsInDay ? atRest : await rollUpHours(store, { policy_id, day, newest: ofHour });
    samples.push({ policy_id, resolution: 'DAY', sample: { ...newest, at: day.to, ...ofDay } });
  }
  return samples;
}

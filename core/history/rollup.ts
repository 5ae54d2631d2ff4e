import { readItems } from '../storage/batch-get.ts';
import { batchPut } from '../storage/batch-write.ts';
import { type Item, keyText } from '../storage/item.ts';
import type { Clock, Sleep } from '../time/clock.ts';
import { policySampleKey, policySamplePartition } from './history-keys.ts';
import { unpackSample } from './packed-sample.ts';
import { markedRange, peakOfHours, peakOfMinutes } from './peaks.ts';
import { floorTo, RESOLUTIONS, type Retention } from './resolution.ts';
import type { Peak, Sample, SnapshotMark } from './sample.ts';
import { expiryOf } from './sample-expiry.ts';
import { policySampleItem, type SampleStore } from './sample-store.ts';

interface RollupOptions {
  store: SampleStore;
  retention: Retention;
  clock: Clock;
  sleep: Sleep;
  /** No reading is repeated after it, milliseconds since the epoch. */
  deadline?: number;
}

interface RollupInput {
  /** The mark of the running snapshot. */
  mark: SnapshotMark;
  policies: ReadonlyMap<string, Sample>;
  rollups: readonly ('HOUR' | 'DAY')[];
  /** The last hour and day before this snapshot. */
  before: { hour: SnapshotMark | undefined; day: SnapshotMark | undefined };
}

/** Policies whose samples are made and written at once: memory doesn't grow with more. */
const AT_ONCE = 500;

/** Policies whose peaks are read at once. */
const READ_AT_ONCE = 32;

/**
 * Writes the samples of the hour or day that ends with this snapshot, for every policy: the totals of this reading, and the highest
 * rates and active flows since the one before. What was read is bounded by the policies that moved: one that has
 * counted nothing since the last hour or day is known from its sample of then, 100 of which are read by one call.
 */
export async function rollupSamples(options: RollupOptions, input: RollupInput): Promise<void> {
  if (input.rollups.length === 0) return;
  const { store, sleep } = options;
  const ranges = await readRanges(store, input.mark);
  const policies = [...input.policies];
  for (let start = 0; start < policies.length; start += AT_ONCE) {
    const some = policies.slice(start, start + AT_ONCE);
    const last = await readLastSamples(options, input, some);
    const items: Item[] = [];
    const waiting = some.values();
    const worker = async (): Promise<void> => {
      for (const policy of waiting)
        items.push(...(await itemsOf(options, { ...input, ranges, last }, policy)));
    };
    await Promise.all(Array.from({ length: READ_AT_ONCE }, worker));
    await batchPut(items, { client: store.client, table: store.table, sleep });
  }
}

type Ranges = Awaited<ReturnType<typeof readRanges>>;

async function readRanges(store: SampleStore, mark: SnapshotMark) {
  const hourEnd = floorTo(mark.minute, RESOLUTIONS.HOUR.ms);
  const dayEnd = floorTo(mark.minute, RESOLUTIONS.DAY.ms);
  const [hour, day] = await Promise.all([
    // Up to this reading's own minute: where the hour's first minutes were missed, it ends with them.
    markedRange(store, {
      resolution: 'MINUTE',
      range: { from: hourEnd - RESOLUTIONS.HOUR.ms, to: mark.minute },
      newest: mark,
    }),
    markedRange(store, {
      resolution: 'HOUR',
      range: { from: dayEnd - RESOLUTIONS.DAY.ms, to: dayEnd },
      newest: { ...mark, at: dayEnd },
    }),
  ]);
  return { hour, day, hourEnd, dayEnd };
}

/** The samples that policies had in the last hour and day, by the text of their keys. */
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
    return item && unpackSample(item.packed);
  };
}

type LastSample = (policy_id: string, sk: string | undefined) => Sample | undefined;

function lastOf(resolution: 'HOUR' | 'DAY', { at, taken_at }: SnapshotMark): string {
  return policySampleKey(resolution, at, taken_at);
}

/** Whether nothing was counted since a sample, and as many flows are active as then. */
function isSame(last: Sample | undefined, { packets, bytes, active_flows }: Sample): boolean {
  return last?.packets === packets && last.bytes === bytes && last.active_flows === active_flows;
}

async function itemsOf(
  { store, retention }: RollupOptions,
  { rollups, before, ranges, last }: RollupInput & { ranges: Ranges; last: LastSample },
  [policy_id, newest]: readonly [string, Sample],
): Promise<Item[]> {
  const { hour, day, hourEnd, dayEnd } = ranges;
  const atRest: Peak = { packets_per_second: 0, bits_per_second: 0, active_flows: newest.active_flows };
  // A reading that is the first of its range has no rate.
  const restsInHour =
    hour.marks.length === 1 || isSame(last(policy_id, before.hour && lastOf('HOUR', before.hour)), newest);
  const hourPeak = restsInHour ? atRest : await peakOfMinutes(store, { policy_id, hour, newest });
  const items: Item[] = [];
  if (rollups.includes('HOUR')) {
    const sample = { ...newest, at: hourEnd, peak: hourPeak };
    const expires_at = expiryOf(hourEnd, { resolution: 'HOUR', retention });
    items.push(policySampleItem(policy_id, sample, { resolution: 'HOUR', expires_at }));
  }
  if (rollups.includes('DAY')) {
    const restsInDay =
      (restsInHour && day.marks.length === 1) ||
      isSame(last(policy_id, before.day && lastOf('DAY', before.day)), newest);
    const peak = restsInDay ? atRest : await peakOfHours(store, { policy_id, day, newest: hourPeak });
    const sample = { ...newest, at: dayEnd, peak };
    const expires_at = expiryOf(dayEnd, { resolution: 'DAY', retention });
    items.push(policySampleItem(policy_id, sample, { resolution: 'DAY', expires_at }));
  }
  return items;
}

import { batchPut } from '../storage/batch-write.ts';
import type { Item } from '../storage/item.ts';
import type { Sleep } from '../time/clock.ts';
import type { LateReading } from './late/late-readings.ts';
import { RolledRange, rollUpHours, rollUpMinutes } from './peaks.ts';
import { floorTo, RESOLUTIONS, type Retention } from './resolution.ts';
import type { Sample, SnapshotMark } from './sample.ts';
import { expiryOf } from './sample-expiry.ts';
import { policySampleItem, type SampleStore } from './sample-store.ts';

interface RollupOptions {
  store: SampleStore;
  retention: Retention;
  sleep: Sleep;
}

interface RollupInput {
  /** The mark of the running snapshot. */
  mark: SnapshotMark;
  policies: ReadonlyMap<string, Sample>;
  rollups: readonly ('HOUR' | 'DAY')[];
  /** The last marks of both. */
  hour: SnapshotMark | undefined;
  day: SnapshotMark | undefined;
}

/** Where the earliest late count of a rollup begins; undefined where nothing is late. */
type RolledUp = Omit<LateReading, 'taken_at' | 'earliest'> & { earliest: number | undefined };

/** Policies whose peaks are worked out at once. */
const AT_ONCE = 32;

/**
 * Writes the samples of the hour or day that ends with this snapshot, for every policy: the totals of this reading, the highest rates and
 * active flows since the one before, and what came late of hours or days before it.
 */
export async function rollupSamples(options: RollupOptions, input: RollupInput): Promise<RolledUp[]> {
  if (input.rollups.length === 0) return [];
  const { store, sleep } = options;
  const ranges = rangesOf(options, input);
  const policies = [...input.policies];
  const done: Record<'HOUR' | 'DAY', RolledUp> = {
    HOUR: { resolution: 'HOUR', at: ranges.hour.to, earliest: undefined },
    DAY: { resolution: 'DAY', at: ranges.day.to, earliest: undefined },
  };
  for (let start = 0; start < policies.length; start += AT_ONCE) {
    const rolled = await Promise.all(
      policies.slice(start, start + AT_ONCE).map(policy => samplesOf(options, input, ranges, policy)),
    );
    const items: Item[] = [];
    for (const { policy_id, resolution, sample } of rolled.flat()) {
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

function rangesOf({ store, retention }: RollupOptions, { mark, hour, day }: RollupInput) {
  const hourEnd = floorTo(mark.minute, RESOLUTIONS.HOUR.ms);
  const dayEnd = floorTo(mark.minute, RESOLUTIONS.DAY.ms);
  return {
    // Up to this reading's own minute: where the hour's first minutes were missed, it ends with them.
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
  resolution: 'HOUR' | 'DAY';
  sample: Sample;
}

async function samplesOf(
  { store }: RollupOptions,
  { rollups }: RollupInput,
  { hour, day }: Ranges,
  [policy_id, newest]: [string, Sample],
): Promise<RolledSample[]> {
  const ofHour = await rollUpMinutes(store, { policy_id, hour, newest });
  const samples: RolledSample[] = [];
  if (rollups.includes('HOUR')) {
    samples.push({ policy_id, resolution: 'HOUR', sample: { ...newest, at: hour.to, ...ofHour } });
  }
  if (rollups.includes('DAY')) {
    const ofDay = await rollUpHours(store, { policy_id, day, newest: ofHour });
    samples.push({ policy_id, resolution: 'DAY', sample: { ...newest, at: day.to, ...ofDay } });
  }
  return samples;
}

import { batchPut } from '../storage/batch-write.ts';
import type { Sleep } from '../time/clock.ts';
import { markedRange, peakOfHours, peakOfMinutes } from './peaks.ts';
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
}

/** Policies whose peaks are worked out at once. */
const AT_ONCE = 32;

/**
 * Writes the samples of the hour or day that ends with this snapshot, for every policy: the totals of this reading, and the highest
 * rates and active flows since the one before.
 */
export async function rollupSamples(options: RollupOptions, input: RollupInput): Promise<void> {
  if (input.rollups.length === 0) return;
  const { store, sleep } = options;
  const ranges = await readRanges(store, input.mark);
  const policies = [...input.policies];
  for (let start = 0; start < policies.length; start += AT_ONCE) {
    const items = await Promise.all(
      policies.slice(start, start + AT_ONCE).map(policy => itemsOf(options, input, ranges, policy)),
    );
    await batchPut(items.flat(), { client: store.client, table: store.table, sleep });
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

async function itemsOf(
  { store, retention }: RollupOptions,
  { rollups }: RollupInput,
  { hour, day, hourEnd, dayEnd }: Ranges,
  [policy_id, newest]: [string, Sample],
): Promise<Record<string, unknown>[]> {
  const hourPeak = await peakOfMinutes(store, { policy_id, hour, newest });
  const items = [];
  if (rollups.includes('HOUR')) {
    const sample = { ...newest, at: hourEnd, peak: hourPeak };
    const expires_at = expiryOf(hourEnd, { resolution: 'HOUR', retention });
    items.push(policySampleItem(policy_id, sample, { resolution: 'HOUR', expires_at }));
  }
  if (rollups.includes('DAY')) {
    const peak = await peakOfHours(store, { policy_id, day, newest: hourPeak });
    const sample = { ...newest, at: dayEnd, peak };
    const expires_at = expiryOf(dayEnd, { resolution: 'DAY', retention });
    items.push(policySampleItem(policy_id, sample, { resolution: 'DAY', expires_at }));
  }
  return items;
}

import { timestamp } from '../../storage/store-context.ts';
import type { CacheSample } from './cache-samples.ts';

export interface CacheHistory {
  /** Ends of the intervals, RFC 3339. */
  at: string[];
  caches: CacheHistoryColumns[];
}

export interface CacheHistoryColumns {
  name: string;
  /** Share of the interval's look-ups that were hits, 0 to 1; null without look-ups. */
  hit_rate: (number | null)[];
  /** Look-ups a second. */
  lookups_per_second: (number | null)[];
  /** Entries that could be served at the interval's end. */
  active: (number | null)[];
}

/**
 * The difference between each two consecutive samples. If a figure went down, counting began again,
 * as after the loss of a table; the rates of such an interval are not known.
 */
export function cacheHistory(samples: readonly CacheSample[], names: readonly string[]): CacheHistory {
  const intervals = samples.slice(1).map((after, index) => ({ before: samples[index]!, after }));
  return {
    at: intervals.map(({ after }) => timestamp(after.at)),
    caches: names.map(name => {
      const points = intervals.map(interval => pointOf(interval, name));
      return {
        name,
        hit_rate: points.map(({ hit_rate }) => hit_rate),
        lookups_per_second: points.map(({ lookups_per_second }) => lookups_per_second),
        active: points.map(({ active }) => active),
      };
    }),
  };
}

interface Interval {
  before: CacheSample;
  after: CacheSample;
}

interface Point {
  hit_rate: number | null;
  lookups_per_second: number | null;
  active: number | null;
}

function pointOf({ before, after }: Interval, name: string): Point {
  const [first, last] = [before.caches.get(name), after.caches.get(name)];
  const active = last?.active ?? null;
  if (!first || !last) return { hit_rate: null, lookups_per_second: null, active };
  const hits = last.hits - first.hits;
  const lookups = hits + last.misses - first.misses;
  if (hits < 0 || lookups < hits) return { hit_rate: null, lookups_per_second: null, active };
  const lookups_per_second = lookups / ((after.at - before.at) / 1000);
  return { hit_rate: lookups === 0 ? null : hits / lookups, lookups_per_second, active };
}

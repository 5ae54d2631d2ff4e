import { describe, expect, it } from 'vitest';
import { cacheHistory } from '../../../core/cache/upkeep/cache-history.ts';
import type { CacheSample } from '../../../core/cache/upkeep/cache-samples.ts';

const START = Date.UTC(2026, 0, 31, 12);

function sample(minute: number, caches: Record<string, [hits: number, misses: number]>): CacheSample {
  const figures = Object.entries(caches).map(([name, [hits, misses]]) => {
    return [name, { hits, misses, active: minute }] as const;
  });
  return { at: START + minute * 60_000, caches: new Map(figures) };
}

describe('cacheHistory', () => {
  it('returns the difference of neighbouring samples, and null for an unknown figure', () => {
    const samples = [
      sample(0, { routing: [10, 10] }),
      sample(5, { routing: [310, 10] }),
      sample(10, { routing: [310, 10] }),
      // The table was lost, and its figures started again.
      sample(15, { routing: [3, 1] }),
      sample(20, {}),
      sample(25, { routing: [5, 1] }),
      sample(30, { routing: [6, 4] }),
    ];
    expect(cacheHistory(samples, ['routing'])).toEqual({
      at: [5, 10, 15, 20, 25, 30].map(minute => new Date(START + minute * 60_000).toISOString()),
      caches: [
        {
          name: 'routing',
          hit_rate: [1, null, null, null, null, 0.25],
          lookups_per_second: [1, 0, null, null, null, 4 / 300],
          active: [5, 10, 15, null, 25, 30],
        },
      ],
    });
  });

  it.each<[string, [number, number], [number, number]]>([
    ['hits', [10, 10], [5, 40]],
    ['misses', [10, 40], [20, 10]],
  ])('returns no rate where %s went down, instead of one below 0 or above 1', (_what, first, last) => {
    const { caches } = cacheHistory(
      [sample(0, { routing: first }), sample(5, { routing: last })],
      ['routing'],
    );
    expect(caches).toEqual([{ name: 'routing', hit_rate: [null], lookups_per_second: [null], active: [5] }]);
  });

  it('is empty for a single sample', () => {
    expect(cacheHistory([sample(0, {})], ['routing'])).toEqual({
      at: [],
      caches: [{ name: 'routing', hit_rate: [], lookups_per_second: [], active: [] }],
    });
  });
});

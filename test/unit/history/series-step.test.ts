import { expect, it } from 'vitest';
import { DEFAULT_RETENTION } from '../../../core/history/resolution.ts';
import { seriesRange } from '../../../core/history/series/series-step.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-15T12:00:00Z');
const asked = { now: NOW, retention: DEFAULT_RETENTION };

it.each([
  [1, 300, undefined, 'MINUTE', 1],
  [24, 1_440, undefined, 'MINUTE', 1],
  [24, 300, undefined, 'MINUTE', 5],
  [24, 100, undefined, 'MINUTE', 15],
  [24, 1, undefined, 'MINUTE', 1440],
  [24, 300, 1_000, 'HOUR', 60],
  [24 * 30, 300, undefined, 'HOUR', 180],
  [24 * 700, 300, undefined, 'DAY', 1440 * 3],
  [24 * 30, 100, 40, 'DAY', 1440],
])(
  '%d hours in at most %d intervals of at most %s readings: %s, %d minutes each',
  (hours, points, max_readings, resolution, minutes) => {
    const range = seriesRange({
      ...asked,
      from: NOW - hours * HOUR,
      to: NOW,
      points,
      ...(max_readings !== undefined && { max_readings }),
    });
    expect([range.resolution, range.step / 60_000]).toEqual([resolution, minutes]);
  },
);

it('rejects a range that needs too many readings even with steps of a day', () => {
  const from = NOW - 700 * 24 * HOUR;
  expect(() => seriesRange({ ...asked, from, to: NOW, points: 100, max_readings: 500 })).toThrow(
    'The range has more than 500 readings, which is the limit for this number of lanes: ask for a shorter range, or filter by a site or an edge.',
  );
});

import { expect, it } from 'vitest';
import { groupRows } from '../../../web/pages/traffic/group-rows.ts';

const group = (id: string, bytes_exact: string, bits_per_second: (number | null)[]) => ({
  id,
  bytes_exact,
  bits_per_second,
});

const SERIES = {
  from: '2026-03-15T12:00:00.000Z',
  to: '2026-03-15T12:03:00.000Z',
  resolution: 'MINUTE' as const,
  step_s: 60,
  at: ['2026-03-15T12:01:00.000Z', '2026-03-15T12:02:00.000Z', '2026-03-15T12:03:00.000Z'],
  completeness: [1, 1, 1],
  gaps: [false, false, false],
  resets: [false, false, false],
  groups: [group('a', '1800', [80, 80, null])],
  other: group('other', '600', [40, null, null]),
  total: group('total', '2400', [120, 80, null]),
  previous: null,
};

it('a group has its share, its average over the range and its highest interval', () => {
  expect(groupRows(SERIES)).toEqual([
    { id: 'a', bytes_exact: '1800', share: 0.75, average: 80, highest: 80 },
    { id: 'other', bytes_exact: '600', share: 0.25, average: 800 / 30, highest: 40 },
    { id: 'total', bytes_exact: '2400', share: 1, average: 320 / 3, highest: 120 },
  ]);
});

it('the average is over the time since the system began', () => {
  const since = { ...SERIES, from: '2026-03-14T12:00:00.000Z' };
  expect(groupRows(since).at(-1)!.average).toBe(320 / 3);
});

it('nothing is known of a range without intervals, and there is no share of nothing', () => {
  const none = group('total', '0', []);
  const empty = { ...SERIES, at: [], groups: [], other: null, total: none };
  expect(groupRows(empty)).toEqual([
    { id: 'total', bytes_exact: '0', share: null, average: null, highest: null },
  ]);
});

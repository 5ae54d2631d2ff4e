import { expect, it } from 'vitest';
import { intervalRows } from '../../../web/pages/traffic/file-rows.ts';
import { groupRows } from '../../../web/pages/traffic/group-rows.ts';
import { chartOf } from '../../../web/panels/series-chart.ts';

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
  previous: {
    from: '2026-03-15T11:57:00.000Z',
    to: '2026-03-15T12:00:00.000Z',
    at: ['2026-03-15T11:58:00.000Z', '2026-03-15T11:59:00.000Z', '2026-03-15T12:00:00.000Z'],
    groups: [{ id: 'a', bytes_exact: '1200' }],
    total: group('total', '1200', [53, 53, 54]),
  },
};

it('gives a group its share, its average over the range, its highest interval and its previous total', () => {
  expect(groupRows(SERIES)).toEqual([
    {
      ...{ kind: 'group', id: 'a', bytes_exact: '1800', share: 0.75, average: 80, highest: 80 },
      ...{ before_exact: '1200', change: 0.5 },
    },
    {
      ...{ kind: 'other', id: 'other', bytes_exact: '600', share: 0.25, average: 800 / 30, highest: 40 },
      ...{ before_exact: '0', change: null },
    },
    {
      ...{ kind: 'total', id: 'total', bytes_exact: '2400', share: 1, average: 320 / 3, highest: 120 },
      ...{ before_exact: '1200', change: 1 },
    },
  ]);
});

it('averages over the time since the system began', () => {
  const since = { ...SERIES, from: '2026-03-14T12:00:00.000Z' };
  expect(groupRows(since).at(-1)!.average).toBe(320 / 3);
});

it('gives null for the values of a range without intervals, and for a share of zero', () => {
  const none = group('total', '0', []);
  const empty = { ...SERIES, at: [], groups: [], other: null, total: none, previous: null };
  expect(groupRows(empty)).toEqual([
    {
      ...{ kind: 'total', id: 'total', bytes_exact: '0', share: null, average: null, highest: null },
      ...{ before_exact: null, change: null },
    },
  ]);
});

it('gives no change of a group if the system began within the previous period', () => {
  const begun = { ...SERIES.previous, at: SERIES.previous.at.slice(1) };
  expect(
    groupRows({ ...SERIES, previous: begun }).map(({ before_exact, change }) => [before_exact, change]),
  ).toEqual([
    ['1200', null],
    ['0', null],
    ['1200', null],
  ]);
});

it('draws the previous period over the same offsets, with gaps where it has no data', () => {
  const begun = {
    ...SERIES.previous,
    at: SERIES.previous.at.slice(1),
    total: { ...SERIES.previous.total, bits_per_second: [53, 54] },
  };
  const { series } = chartOf({ ...SERIES, previous: begun }, id => id);
  expect(series.at(-1)).toMatchObject({ dashed: true, values: [null, 53, 54] });
});

it('saves the intervals of each row, and the previous period beside them', () => {
  const rows = intervalRows(SERIES, id => `name of ${id}`);
  expect(rows.slice(0, 4).map(({ kind, name, bits_per_second }) => [kind, name, bits_per_second])).toEqual([
    ['group', 'name of a', 80],
    ['other', 'Others', 40],
    ['total', 'Total', 120],
    ['previous period', 'Previous period', 53],
  ]);
  expect(rows.map(({ from, to }) => [from, to]).filter((_, index) => index % 4 === 0)).toEqual([
    ['2026-03-15T12:00:00.000Z', SERIES.at[0]],
    [SERIES.at[0], SERIES.at[1]],
    [SERIES.at[1], SERIES.at[2]],
  ]);
});

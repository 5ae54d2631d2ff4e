import { expect, it } from 'vitest';
import { groupTimeRows, highestOf, hourRows } from '../../../web/pages/traffic/heat-rows.ts';

const at = (time: string) => `2026-03-15T${time}:00.000Z`;
const utcPlace = (instant: number) => {
  const text = new Date(instant).toISOString();
  return { day: text.slice(0, 10), title: text.slice(5, 10), hour: Number(text.slice(11, 13)) };
};
const INTERVALS = {
  from: at('22:30'),
  step_s: 1800,
  at: [at('23:00'), at('23:30'), '2026-03-16T00:00:00.000Z', '2026-03-16T00:30:00.000Z'],
};

it('gives an hour the average of its known intervals, or none', () => {
  const rows = hourRows(INTERVALS, [10, 20, null, null], utcPlace);
  expect(rows.map(({ key, title }) => [key, title])).toEqual([
    ['2026-03-15', '03-15'],
    ['2026-03-16', '03-16'],
  ]);
  const rates = rows.map(({ cells }) => cells.map(cell => cell?.bits_per_second));
  const outside = (count: number) => Array.from({ length: count }, () => undefined);
  expect(rates).toEqual([
    [...outside(22), 10, 20],
    [null, ...outside(23)],
  ]);
  expect(highestOf(rows)).toBe(20);
});

it('gives an hour that the clock repeats one cell', () => {
  const twice = () => ({ day: 'd', title: 'd', hour: 2 });
  const [row] = hourRows(INTERVALS, [10, 20, 30, null], twice);
  expect(row!.cells[2]).toEqual({
    from: Date.parse(at('22:30')),
    to: Date.parse(INTERVALS.at[3]!),
    bits_per_second: 20,
  });
});

it('gives a group a cell for each interval since the system began', () => {
  const groups = [{ id: 'a', bits_per_second: [1, null, 3, 4] }];
  const [row] = groupTimeRows({ ...INTERVALS, from: at('10:00') }, groups, id => `name of ${id}`);
  expect(row!.title).toBe('name of a');
  expect(row!.cells.map(cell => cell?.bits_per_second)).toEqual([1, null, 3, 4]);
  expect(row!.cells[0]!.from).toBe(Date.parse(at('22:30')));
  expect(highestOf([])).toBe(0);
});

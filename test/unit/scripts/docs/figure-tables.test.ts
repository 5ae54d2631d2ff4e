import { describe, expect, it } from 'vitest';
import { AREAS } from '../../../../bench/areas.ts';
import { type BenchResults, type MeasuredRow, readResults } from '../../../../scripts/docs/bench-results.ts';
import { performanceFigures, readmeFigures } from '../../../../scripts/docs/figure-tables.ts';
import { PERFORMANCE_FIGURES, README_FIGURES } from '../../../../scripts/docs/figures.ts';

const packet: MeasuredRow = {
  area: 'recorder',
  name: 'recorder: packet of a known flow',
  value: 24.04,
  unit: 'ns',
  peer: 'a Map look-up',
  peer_value: 24,
  ratio: 1.0017,
  threshold: 'ratio <= 2',
  ok: true,
  note: '',
};
const results = (...rows: MeasuredRow[]): BenchResults => ({
  areas: {
    recorder: {
      measured_at: '2026-01-31T12:00:00.000Z',
      node: 'v24.21.0',
      cpu: 'AMD EPYC',
      cpus: 2,
      load: 0.3,
    },
  },
  rows,
});

/** The cells of the row that begins with these words. */
const cellsOf = (table: string, what: string) =>
  table
    .split('\n')
    .find(line => line.startsWith(`| ${what}`))!
    .split('|')
    .slice(2, -1)
    .map(cell => cell.trim());

describe('the tables of figures', () => {
  const whatIsIt = "a packet of a known flow; 100,000 live flows by Zipf's law";
  const rowOf = (change: Partial<MeasuredRow>) =>
    cellsOf(performanceFigures(results({ ...packet, ...change })).recorder!, whatIsIt);

  it.each<[string, Partial<MeasuredRow>, string[]]>([
    ['with its peer', {}, ['24 ns', 'a Map look-up: 24 ns', '1 ×', '≤ 2 ×']],
    ['with a broken threshold', { ok: false }, ['24 ns', 'a Map look-up: 24 ns', '1 ×', '≤ 2 ×, **broken**']],
    [
      'without its peer',
      { peer_value: null, ratio: null, ok: null },
      ['24 ns', 'a Map look-up: missing', '', '≤ 2 ×'],
    ],
    [
      'of seconds',
      { unit: 'ms', value: 5123, peer_value: 980 },
      ['5.12 s', 'a Map look-up: 980 ms', '1 ×', '≤ 2 ×'],
    ],
    [
      'of a count',
      { unit: 'WRU', value: 2.8, peer: '', peer_value: null, ratio: null, threshold: '<= 3 WRU' },
      ['2.8 write units', '', '', '≤ 3 write units'],
    ],
    [
      'of millions',
      { unit: 'rows/s', value: 1_234_567, threshold: '' },
      ['1.23 million rows/s', 'a Map look-up: 24 rows/s', '1 ×', ''],
    ],
  ])('show a figure %s', (_, change, cells) => {
    expect(rowOf(change)).toEqual(cells);
  });

  it('mark a figure that was not measured', () => {
    const { recorder } = performanceFigures(results());
    expect(cellsOf(recorder!, whatIsIt)).toEqual(['not measured', '', '', '']);
  });

  it('name the time, machine and load of the measurement', () => {
    const line =
      'Measured on 2026-01-31 (AMD EPYC, 2 processors, Node 24.21.0); load when the area began: recorder 0.3.';
    expect(performanceFigures(results(packet)).recorder!.split('\n').at(-1)).toBe(line);
    expect(readmeFigures(results(packet)).figures!.split('\n').at(-1)).toBe(line);
  });
});

describe('the figures of the documentation', () => {
  const { areas, rows } = readResults();
  const named = Object.values(PERFORMANCE_FIGURES)
    .flat()
    .map(({ row }) => row);

  it('are rows of bench/results.json, each once in docs/performance.md', () => {
    expect(named.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
  });

  it('of the README are rows of bench/results.json', () => {
    const names = rows.map(({ name }) => name);
    expect(README_FIGURES.filter(({ row }) => !names.includes(row))).toEqual([]);
  });

  it('have all existing areas', () => {
    expect(Object.keys(areas)).toEqual(Object.keys(AREAS));
  });
});

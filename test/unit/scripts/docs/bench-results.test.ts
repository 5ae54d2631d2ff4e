import { describe, expect, it } from 'vitest';
import {
  type BenchResults,
  type BenchRow,
  type MeasuredArea,
  parseResults,
  withArea,
} from '../../../../scripts/docs/bench-results.ts';

const machine: MeasuredArea = {
  measured_at: '2026-01-31T12:00:00.000Z',
  node: 'v24.21.0',
  cpu: 'AMD EPYC',
  cpus: 2,
  load: 0.3,
};
const row = (name: string, value: number): BenchRow => ({
  name,
  value,
  unit: 'ns',
  peer: '',
  peer_value: null,
  ratio: null,
  threshold: '',
  ok: true,
  note: '',
});

const results: BenchResults = {
  areas: { gone: machine, recorder: machine, cache: machine },
  rows: [
    { area: 'gone', ...row('old', 1) },
    { area: 'recorder', ...row('packet', 24) },
    { area: 'recorder', ...row('removed since', 1) },
    { area: 'cache', ...row('hit', 32) },
  ],
};

describe('the results of the benchmarks', () => {
  it('keep the other areas when one is measured again, and drop an area that no longer exists', () => {
    const measured = { ...machine, measured_at: '2026-02-01T12:00:00.000Z', load: 4.2 };
    const areas = ['ingest', 'recorder', 'cache'];
    expect(withArea(results, { area: 'recorder', measured, rows: [row('packet', 25)] }, areas)).toEqual({
      areas: { recorder: measured, cache: machine },
      rows: [
        { area: 'recorder', ...row('packet', 25) },
        { area: 'cache', ...row('hit', 32) },
      ],
    });
  });

  it('are in the order of the areas, whichever was measured last', () => {
    const added = { area: 'ingest', measured: machine, rows: [row('report', 35)] };
    const { areas, rows } = withArea(results, added, ['ingest', 'recorder', 'cache']);
    expect(Object.keys(areas)).toEqual(['ingest', 'recorder', 'cache']);
    expect(rows.map(({ name }) => name)).toEqual(['report', 'packet', 'removed since', 'hit']);
  });

  it('read back unchanged', () => {
    expect(parseResults(JSON.stringify(results))).toEqual(results);
  });
});

import { markdownTable, shortNumber } from '../markdown-table.ts';
import type { BenchResults, MeasuredRow } from './bench-results.ts';
import { type Figure, PERFORMANCE_FIGURES, README_FIGURES } from './figures.ts';

/** The part `figures` of the README. */
export function readmeFigures(results: BenchResults): Record<string, string> {
  const rows = README_FIGURES.map(figure => {
    const row = rowOf(results, figure);
    const peer = row?.peer_value == null ? '' : `${figure.peer ?? row.peer}: ${measure(row, row.peer_value)}`;
    return [figure.what, row ? measure(row, row.value) : NOT_MEASURED, peer];
  });
  const columns = [
    { heading: '' },
    { heading: 'measured', right: true },
    { heading: 'compared with, in the same run' },
  ];
  return { figures: `${markdownTable(columns, rows)}\n\n${machineOf(results, README_FIGURES)}` };
}

/**
 * The parts of docs/performance.md: a table and its machine for each key of `PERFORMANCE_FIGURES`.
 */
export function performanceFigures(results: BenchResults): Record<string, string> {
  return Object.fromEntries(
    Object.entries(PERFORMANCE_FIGURES).map(([part, figures]) => [
      part,
      `${performanceTable(results, figures)}\n\n${machineOf(results, figures)}`,
    ]),
  );
}

const NOT_MEASURED = 'not measured';

function performanceTable(results: BenchResults, figures: readonly Figure[]): string {
  const rows = figures.map(figure => {
    const row = rowOf(results, figure);
    if (row === undefined) return [figure.what, NOT_MEASURED, '', '', ''];
    const peer = figure.peer ?? row.peer;
    return [
      figure.what,
      measure(row, row.value),
      row.peer_value === null ? peer && `${peer}: missing` : `${peer}: ${measure(row, row.peer_value)}`,
      row.ratio === null ? '' : times(row.ratio),
      thresholdOf(row),
    ];
  });
  const columns = [
    { heading: 'what' },
    { heading: 'measured', right: true },
    { heading: 'compared with, in the same run' },
    { heading: 'ratio', right: true },
    { heading: 'threshold' },
  ];
  return markdownTable(columns, rows);
}

const rowOf = ({ rows }: BenchResults, { row }: Figure) => rows.find(({ name }) => name === row);

/** Units as one reads them, where the benchmarks have a shorter word. */
const UNITS: Record<string, string> = {
  WRU: 'write units',
  RRU: 'read units',
  'M frames/s': 'million frames/s',
  'ms CPU': 'ms of CPU',
};

/** A value of the row with its unit: 5.1 s, 1.2 million rows/s. */
function measure({ unit }: MeasuredRow, value: number): string {
  if (unit === 'ms' && value >= 1000) return `${shortNumber(value / 1000)} s`;
  const word = UNITS[unit] ?? unit;
  if (value >= 1e6) return `${shortNumber(value / 1e6)} million ${word}`;
  return `${shortNumber(value)} ${word}`.trim();
}

const times = (ratio: number) => `${shortNumber(ratio)} ×`;

/** The threshold in signs, and that it doesn't hold where it doesn't. */
function thresholdOf({ threshold, ok }: MeasuredRow): string {
  const text = threshold
    .replace(/^ratio (.*)$/, '$1 ×')
    .replace('<=', '≤')
    .replace('>=', '≥')
    .replace('WRU', 'write units');
  return ok === false ? `${text}, **broken**` : text;
}

/** When and where the figures were measured, by machine and day, with the load of each area. */
function machineOf({ areas, rows }: BenchResults, figures: readonly Figure[]): string {
  const names = new Set(figures.flatMap(({ row }) => rows.find(({ name }) => name === row)?.area ?? []));
  const groups = Map.groupBy(names, name => {
    const { measured_at, cpu, cpus, node } = areas[name]!;
    return `Measured on ${measured_at.slice(0, 10)} (${cpu}, ${cpus} processors, Node ${node.slice(1)})`;
  });
  const sentences = [...groups].map(([machine, measured]) => {
    const loads = measured.map(name => `${name} ${areas[name]!.load}`).join(', ');
    return `${machine}; load when the area began: ${loads}.`;
  });
  return sentences.join(' ');
}

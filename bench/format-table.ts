import type { BenchRow } from './bench-row.ts';

const HEADINGS = ['', 'name', 'value', 'peer', 'peer value', 'ratio', 'threshold', 'note'];
/** Columns of numbers. */
const RIGHT = new Set([2, 4, 5]);

/** The rows as a Markdown table that is also legible as plain text. */
export function formatTable(rows: readonly BenchRow[]): string {
  const cells = rows.map(row => [
    mark(row.ok),
    row.name,
    `${shortNumber(row.value)} ${row.unit}`,
    row.peer,
    row.peer_value === null ? '' : `${shortNumber(row.peer_value)} ${row.unit}`,
    row.ratio === null ? '' : row.ratio.toFixed(2),
    row.threshold,
    row.note,
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...cells.map(line => line[column]!.length)),
  );
  const line = (texts: string[]) =>
    `| ${texts.map((text, i) => (RIGHT.has(i) ? text.padStart(widths[i]!) : text.padEnd(widths[i]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => `${'-'.repeat(width + 1)}${RIGHT.has(i) ? ':' : '-'}`).join('|')}|`;
  return [line(HEADINGS), rule, ...cells.map(line)].join('\n');
}

function mark(ok: boolean | null): string {
  return ok === null ? '–' : ok ? '✓' : '✗';
}

function shortNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

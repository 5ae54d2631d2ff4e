/** A column of a Markdown table. */
export interface Column {
  heading: string;
  /** Aligns to the right, for numbers. */
  right?: boolean;
}

/** Cells as a Markdown table that is also legible as plain text. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ heading }, column) =>
    Math.max(heading.length, ...rows.map(row => row[column]!.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => (columns[at]!.right ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))).join(' | ')} |`;
  const rule = `|${columns.map(({ right }, at) => `${'-'.repeat(widths[at]! + 1)}${right ? ':' : '-'}`).join('|')}|`;
  return [line(columns.map(({ heading }) => heading)), rule, ...rows.map(line)].join('\n');
}

/** A number with at most four significant digits: 1,234 · 12.3 · 1.23 · 0.0123. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size < 1) return value.toLocaleString('en', { maximumSignificantDigits: 2 });
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

/** Dollars to the cent, smaller ones to two digits. */
export function dollars(value: number): string {
  if (Math.abs(value) >= 1) {
    return value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  }
  return value === 0 ? '0' : value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share >= 0.1 ? 0 : 1)} %`;
}

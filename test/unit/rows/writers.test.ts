import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportText } from '../../../core/export/export-text.ts';
import { csvCell, csvWriter } from '../../../core/rows/csv.ts';
import { jsonLinesWriter } from '../../../core/rows/json-lines.ts';
import type { Cell, Column } from '../../../core/rows/table.ts';

/** The cells of an RFC 4180 text, read independently of how they were written. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',') {
      rows.at(-1)!.push(cell);
      cell = '';
    } else if (character === '\r' && text[i + 1] === '\n') {
      rows.at(-1)!.push(cell);
      rows.push([]);
      cell = '';
      i++;
    } else cell += character;
  }
  rows.pop();
  return rows;
}

const byIndex = (names: readonly string[]): Column<Cell[]>[] =>
  names.map((name, index) => ({ name, value: row => row[index] }));

async function* pagesOf<Row>(pages: readonly Row[][]): AsyncGenerator<Row[]> {
  yield* pages;
}

describe('CSV', () => {
  it.each<[Cell, string]>([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    [' blank', '" blank"'],
    ['', ''],
    [null, ''],
    [true, 'true'],
    [-1.5, '-1.5'],
    [2n ** 64n, '18446744073709551616'],
    ['-12', '-12'],
    ['-12.25', '-12.25'],
    ['-1e21', '-1e21'],
    ['-1.5E-7', '-1.5E-7'],
    ['-2.5e+10', '-2.5e+10'],
    ['-1.', "'-1."],
    ['-1.5.5', "'-1.5.5"],
    ['-1e', "'-1e"],
    ['-1e*2', "'-1e*2"],
    ['-1.x', "'-1.x"],
    ['+1', "'+1"],
    ['1+1', '1+1'],
    ['=1+1', "'=1+1"],
    ['+49 30', "'+49 30"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-1+cmd|x', "'-1+cmd|x"],
    ['\t=1', `'\t=1`],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ['＝1+1', "'＝1+1"],
    ['＋1', "'＋1"],
    ['－1+1', "'－1+1"],
    ['＠SUM(A1)', "'＠SUM(A1)"],
    ['Größe', 'Größe'],
  ])('writes %s as %s', (value, written) => {
    expect(csvCell(value)).toBe(written);
  });

  it('leaves the cell of a missing value empty', () => {
    expect(csvWriter(byIndex(['a', 'b', 'c'])).row(['x', null])).toBe('x,,\r\n');
  });

  it('has a header, ends each line with CRLF and reads back unchanged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string(), fc.bigInt()), { maxLength: 4 }),
        rows => {
          const writer = csvWriter(byIndex(['name', 'note', 'bytes']));
          const text = writer.head() + rows.map(row => writer.row(row)).join('');
          const cells = parseCsv(text);
          expect(cells[0]).toEqual(['name', 'note', 'bytes']);
          expect(cells.slice(1).map(row => row.map(unguarded))).toEqual(
            rows.map(([name, note, bytes]) => [name, note, String(bytes)].map(unguarded)),
          );
        },
      ),
    );
  });

  it('leaves no text that a spreadsheet would execute', () => {
    const start = fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n');
    fc.assert(
      fc.property(start, fc.string(), (first, rest) => {
        const [[cell]] = parseCsv(csvWriter(byIndex(['x'])).row([first + rest])) as [[string]];
        expect(cell.startsWith("'") || Number.isFinite(Number(cell))).toBe(true);
      }),
    );
  });
});

/**
 * Without the apostrophe before text that looks like a formula: it is the only part that is not
 * restored.
 */
function unguarded(cell: string): string {
  return cell.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, '');
}

describe('JSON Lines', () => {
  it('writes null for a missing value', () => {
    expect(jsonLinesWriter(byIndex(['a', 'b'])).row(['x'])).toBe('{"a":"x","b":null}\n');
  });

  it('has an object on each line, with exact figures as text', () => {
    const { head, row } = jsonLinesWriter(byIndex(['at_utc', 'bytes', 'gap']));
    expect(head() + row(['a\nb', 2n ** 60n, true]) + row([null, 1n, false])).toBe(
      '{"at_utc":"a\\nb","bytes":"1152921504606846976","gap":true}\n{"at_utc":null,"bytes":"1","gap":false}\n',
    );
  });
});

describe('an export', () => {
  it('has its header and every row of every page, in pieces', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => [i, 'some text to fill a row']);
    const pages = [rows.slice(0, 7000), [], rows.slice(7000)];
    const pieces: string[] = [];
    for await (const piece of exportText(pagesOf<Cell[]>(pages), {
      columns: byIndex(['n', 'text']),
      format: 'csv',
    })) {
      pieces.push(piece);
    }
    expect(pieces.length).toBeGreaterThan(5);
    expect(Math.max(...pieces.map(piece => piece.length))).toBeLessThan(66_000);
    expect(parseCsv(pieces.join('')).slice(1)).toEqual(rows.map(row => row.map(String)));
  });

  it('without rows has only a header, and is empty in JSON Lines', async () => {
    const columns = byIndex(['bytes']);
    const all = async (format: 'csv' | 'jsonl') => {
      let text = '';
      for await (const piece of exportText(pagesOf<Cell[]>([]), { columns, format })) text += piece;
      return text;
    };
    expect([await all('csv'), await all('jsonl')]).toEqual(['bytes\r\n', '']);
  });
});

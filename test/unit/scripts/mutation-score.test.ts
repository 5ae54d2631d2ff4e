import { describe, expect, it } from 'vitest';
import {
  describeMutant,
  onlyNoticed,
  scoreOf,
  survivorsOf,
} from '../../../scripts/mutation/mutation-score.ts';

const at = (line: number, column: number, endLine = line, endColumn = column + 1) => ({
  start: { line, column },
  end: { line: endLine, column: endColumn },
});

describe('the score of broken lines', () => {
  it('counts endless changes as noticed, and those without a test as not noticed', () => {
    const mutants = [
      ...(['Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage'] as const),
      ...(['CompileError', 'RuntimeError', 'Ignored', 'Pending'] as const),
    ].map(status => ({ status }));
    expect(scoreOf(mutants)).toEqual({ noticed: 3, survived: 1, not_run: 1, percent: 60 });
  });

  it('is unknown if no line was broken', () => {
    expect(scoreOf([])).toEqual({ noticed: 0, survived: 0, not_run: 0, percent: undefined });
    expect(scoreOf([{ status: 'Ignored' }]).percent).toBeUndefined();
  });
});

it('removes only unnoticed changes from a report', () => {
  const mutants = (...statuses: string[]) => statuses.map((status, id) => ({ id, status }));
  const all = mutants('Killed', 'Survived', 'Timeout', 'NoCoverage');
  const report = {
    schemaVersion: '2',
    files: { 'a.ts': { source: 'a', mutants: all }, 'b.ts': { mutants: [] } },
  };
  expect(onlyNoticed(report)).toEqual({
    schemaVersion: '2',
    files: { 'a.ts': { source: 'a', mutants: [all[0], all[2]] }, 'b.ts': { mutants: [] } },
  });
});

describe('an unnoticed change', () => {
  it('is listed by its place', () => {
    const mutant = (fileName: string, line: number, column: number, status: 'Survived' | 'NoCoverage') => ({
      fileName,
      location: at(line, column),
      status,
    });
    const places = [
      mutant('a.ts', 2, 3, 'Survived'),
      mutant('a.ts', 2, 11, 'NoCoverage'),
      mutant('a.ts', 10, 1, 'Survived'),
      mutant('b.ts', 1, 1, 'Survived'),
    ];
    const noticed = { ...mutant('a.ts', 1, 1, 'Survived'), status: 'Killed' as const };
    expect(survivorsOf([places[3]!, noticed, places[1]!, places[2]!, places[0]!])).toEqual(places);
  });

  const source = ['const a = b > c;', 'function f() {', '  return 1;', '}'];
  const mutant = {
    fileName: 'core/x.ts',
    mutatorName: 'Equality',
    status: 'Survived' as const,
    location: at(1, 11, 1, 16),
    replacement: 'b >= c',
  };

  it('is described by its place, its text before and its text after', () => {
    expect(describeMutant(mutant, source)).toBe('core/x.ts:1:11 Equality: b > c → b >= c');
  });

  it('is described by its first line, shortened if it is long', () => {
    const block = {
      ...mutant,
      status: 'NoCoverage' as const,
      location: at(2, 14, 4, 2),
      replacement: `{\n  ${'x'.repeat(80)} }`,
    };
    expect(describeMutant(block, source)).toBe(
      `core/x.ts:2:14 Equality: { … → { ${'x'.repeat(55)}…, run by no test`,
    );
  });
});

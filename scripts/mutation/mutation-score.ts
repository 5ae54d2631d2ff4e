import type { MutantResult } from '@stryker-mutator/api/core';

/** The results of the mutants of a room or file. */
export interface MutationScore {
  /** Noticed by a test, including tests that never ended. */
  noticed: number;
  /** Run by a test, and not noticed. */
  survived: number;
  /** Run by no test. */
  not_run: number;
  /** The noticed share of all mutants, per cent; undefined without mutants. */
  percent: number | undefined;
}

/** Sums up mutants; ignores those that can't run. */
export function scoreOf(mutants: readonly Pick<MutantResult, 'status'>[]): MutationScore {
  const count = (...statuses: MutantResult['status'][]) =>
    mutants.filter(({ status }) => statuses.includes(status)).length;
  const noticed = count('Killed', 'Timeout');
  const survived = count('Survived');
  const not_run = count('NoCoverage');
  const all = noticed + survived + not_run;
  return { noticed, survived, not_run, percent: all === 0 ? undefined : (100 * noticed) / all };
}

/** A run's report, without the mutants that no test noticed. */
export function onlyNoticed<Report extends { files: Record<string, { mutants: { status: string }[] }> }>(
  report: Report,
): Report {
  const files = Object.entries(report.files).map(([name, file]) => [
    name,
    { ...file, mutants: file.mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout') },
  ]);
  return { ...report, files: Object.fromEntries(files) };
}

/** The mutants that no test noticed, in the order of their places. */
export function survivorsOf<Mutant extends Pick<MutantResult, 'status' | 'fileName' | 'location'>>(
  mutants: readonly Mutant[],
): Mutant[] {
  return mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .toSorted(
      (a, b) =>
        a.fileName.localeCompare(b.fileName) ||
        a.location.start.line - b.location.start.line ||
        a.location.start.column - b.location.start.column,
    );
}

/**
 * A mutant as one line: its place, the old and the new code, and whether a test runs it. `source`:
 * the file's lines.
 */
export function describeMutant(
  {
    fileName,
    location: { start, end },
    replacement,
    status,
    mutatorName,
  }: Pick<MutantResult, 'fileName' | 'location' | 'replacement' | 'status' | 'mutatorName'>,
  source: readonly string[],
): string {
  const one = start.line === end.line;
  const before = source[start.line - 1]!.slice(start.column - 1, one ? end.column - 1 : undefined);
  const short = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text).replaceAll(/\s+/g, ' ');
  const run = status === 'NoCoverage' ? ', run by no test' : '';
  return `${fileName}:${start.line}:${start.column} ${mutatorName}: ${short(before)}${one ? '' : ' …'} → ${short(replacement ?? '')}${run}`;
}

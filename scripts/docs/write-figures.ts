import { readFileSync, writeFileSync } from 'node:fs';
import type { BenchResults } from './bench-results.ts';
import { performanceFigures, readmeFigures } from './figure-tables.ts';
import { fillMarked } from './marked-text.ts';

const ROOT = new URL('../../', import.meta.url);

/** The pages with figures of the benchmarks, by path, and what makes their parts. */
const PAGES = {
  'README.md': readmeFigures,
  'docs/performance.md': performanceFigures,
};

export type FigurePage = keyof typeof PAGES;

/** A page with the figures of these results. */
export function figurePage(path: FigurePage, results: BenchResults): string {
  return fillMarked(readFileSync(new URL(path, ROOT), 'utf8'), PAGES[path](results));
}

/** Writes the figures of these results into every page that has figures. */
export function writeFigures(results: BenchResults): void {
  for (const path of Object.keys(PAGES) as FigurePage[]) {
    writeFileSync(new URL(path, ROOT), figurePage(path, results));
  }
}

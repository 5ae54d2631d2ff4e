// `npm run bench`: all areas, or those that are named (`npm run bench -- recorder replay`). After
// each area it writes that area's rows to bench/results.json and the tables of the documentation
// that are made from it; other areas keep their last measurement. Prints one table and ends with
// exit code 1 when a threshold does not hold. `--profile` keeps nothing, and writes a CPU profile
// of each area to dist/profile.
import { fork } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { allowClosedPipe } from '../edge/cli/closed-pipe.ts';
import {
  type BenchResults,
  type MeasuredArea,
  RESULTS_FILE,
  readResults,
  withArea,
} from '../scripts/docs/bench-results.ts';
import { writeFigures } from '../scripts/docs/write-figures.ts';
import { AREAS } from './areas.ts';
import type { BenchRow } from './bench-row.ts';
import { formatTable } from './format-table.ts';

allowClosedPipe();
const areas = Object.keys(AREAS);
const PROFILE = '--profile';
const profiled = process.argv.includes(PROFILE);
const named = process.argv.slice(2).filter(argument => argument !== PROFILE);
const unknown = named.find(name => !areas.includes(name));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}"; there are ${areas.join(', ')}.`);
  process.exit(2);
}

let results: BenchResults = existsSync(RESULTS_FILE) ? readResults() : { areas: {}, rows: [] };
const rows: BenchRow[] = [];
const failed: string[] = [];
for (const area of named.length > 0 ? named : areas) {
  console.error(`${area} …`);
  try {
    const measured = machineNow();
    const measuredRows = await runArea(area);
    rows.push(...measuredRows);
    // A profile slows what it measures.
    if (!profiled) keep(area, measured, measuredRows);
  } catch (error) {
    console.error((error as Error).message);
    failed.push(area);
  }
}

console.log(formatTable(rows));
const broken = rows.filter(row => row.ok === false).map(row => row.name);
console.log(`${rows.length} rows, ${broken.length} thresholds broken, ${failed.length} areas failed`);
for (const name of [...broken, ...failed]) {
  console.log(`✗ ${name}`);
}
process.exitCode = rows.length > 0 && broken.length === 0 && failed.length === 0 ? 0 : 1;

/** Writes the area's rows, and the documentation's tables. */
function keep(area: string, measured: MeasuredArea, rows: readonly BenchRow[]): void {
  results = withArea(results, { area, measured, rows }, areas);
  writeFileSync(RESULTS_FILE, `${JSON.stringify(results, null, 2)}\n`);
  writeFigures(results);
}

function machineNow(): MeasuredArea {
  return {
    measured_at: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    load: Number(loadavg()[0]!.toFixed(1)),
  };
}

/** A process for each area, so that the heap and compiled code of one don't affect another. */
function runArea(name: string): Promise<BenchRow[]> {
  const profile = profiled ? ['--cpu-prof', '--cpu-prof-dir=dist/profile'] : [];
  const execArgv = ['--expose-gc', ...profile];
  const child = fork(join(import.meta.dirname, 'run-area.ts'), [name], { execArgv });
  return new Promise((resolve, reject) => {
    let answer: BenchRow[] | undefined;
    child.on('message', message => {
      answer = message as BenchRow[];
    });
    child.on('exit', code => {
      if (answer && code === 0) {
        resolve(answer);
      } else {
        reject(new Error(`The benchmark "${name}" ended with exit code ${code} and without rows.`));
      }
    });
  });
}

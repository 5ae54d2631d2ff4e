// `npm run bench`: all areas, or those that are named (`npm run bench -- recorder replay`). Prints
// one table, writes bench/results.json and ends with exit code 1 when a threshold does not hold.
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { allowClosedPipe } from '../edge/cli/closed-pipe.ts';
import { AREAS } from './areas.ts';
import type { BenchRow } from './bench-row.ts';
import { formatTable } from './format-table.ts';

allowClosedPipe();
const named = process.argv.slice(2);
const unknown = named.find(name => !(name in AREAS));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}"; there are ${Object.keys(AREAS).join(', ')}.`);
  process.exit(2);
}

const rows: BenchRow[] = [];
const failed: string[] = [];
for (const name of named.length > 0 ? named : Object.keys(AREAS)) {
  console.error(`${name} …`);
  try {
    rows.push(...(await runArea(name)));
  } catch (error) {
    console.error((error as Error).message);
    failed.push(name);
  }
}

console.log(formatTable(rows));
const results = {
  measured_at: new Date().toISOString(),
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  cpus: cpus().length,
  rows,
};
writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
const broken = rows.filter(row => row.ok === false).map(row => row.name);
console.log(`${rows.length} rows, ${broken.length} thresholds broken, ${failed.length} areas failed`);
for (const name of [...broken, ...failed]) {
  console.log(`✗ ${name}`);
}
process.exitCode = rows.length > 0 && broken.length === 0 && failed.length === 0 ? 0 : 1;

/** A process for each area, so that none is measured with another's heap and compiled code. */
function runArea(name: string): Promise<BenchRow[]> {
  const child = fork(join(import.meta.dirname, 'run-area.ts'), [name], { execArgv: ['--expose-gc'] });
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

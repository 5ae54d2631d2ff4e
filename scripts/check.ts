// Every static check of the project: `npm run check`. A check that read no file counts as failed,
// whatever its exit code.
import { spawnSync } from 'node:child_process';

interface Check {
  name: string;
  command: string[];
  /** The number of files (or modules) that the check read, from its output. */
  countRead(output: string): number;
}

const CHECKS: Check[] = [
  {
    name: 'format and lint (biome)',
    command: ['biome', 'ci', '.'],
    countRead: output => numberIn(output, /Checked (\d+) files?/),
  },
  {
    name: 'types (tsc)',
    command: ['tsc', '--noEmit', '--listFiles'],
    countRead: output => sourcesIn(output, '').length,
  },
  {
    name: 'types of the browser (tsc)',
    command: ['tsc', '-p', 'web', '--noEmit', '--listFiles'],
    countRead: output => sourcesIn(output, 'web/').length,
  },
  {
    name: 'import directions (dependency-cruiser)',
    command: ['depcruise', '--config', '.dependency-cruiser.js', '--output-type', 'err-long', ...folders()],
    countRead: output => numberIn(output, /\((?:\d+ modules, )(\d+) dependencies cruised\)/),
  },
  {
    name: 'dead code (knip)',
    command: ['knip', '--reporter', 'compact', '--reporter', './scripts/knip-count.js'],
    countRead: output => numberIn(output, /knip read (\d+) files/),
  },
];

let failed = 0;
for (const check of CHECKS) {
  const problem = run(check);
  if (problem === undefined) continue;
  failed += 1;
  console.log(problem);
}
console.log(`${CHECKS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function run({ name, command, countRead }: Check): string | undefined {
  const [program, ...args] = command;
  const result = spawnSync(program!, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  const read = countRead(output);
  if (result.status !== 0) return `✗ ${name}\n${withoutListing(output)}${result.error?.message ?? ''}`;
  if (!(read > 0)) return `✗ ${name}: it read no file, so it proves nothing\n${output}`;
  console.log(`✓ ${name}: ${read} read`);
  return undefined;
}

function folders(): string[] {
  return ['bin', 'lib', 'functions', 'core', 'graphql', 'edge', 'local', 'web', 'scripts', 'test', 'bench'];
}

/** The project's own sources under a folder, among the files that tsc lists. */
function sourcesIn(output: string, folder: string): string[] {
  const start = `${process.cwd()}/${folder}`;
  return output
    .split('\n')
    .filter(line => /\.tsx?$/.test(line) && line.startsWith(start) && !line.includes('/node_modules/'));
}

function numberIn(output: string, pattern: RegExp): number {
  return Number(pattern.exec(output)?.[1] ?? 0);
}

// tsc lists the files after its errors: only the errors are worth showing.
function withoutListing(output: string): string {
  return output
    .split('\n')
    .filter(line => !line.startsWith('/'))
    .join('\n');
}

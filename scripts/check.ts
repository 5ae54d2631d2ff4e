// Every static check of the project: `npm run check`. A check that read no file has failed, whatever it says itself.
import { spawnSync } from 'node:child_process';

interface Check {
  name: string;
  command: string[];
  /** How many files (or modules) the check says it read. */
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
    countRead: output => output.split('\n').filter(isOwnSource).length,
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
  return ['bin', 'lib', 'functions', 'core', 'graphql', 'edge', 'local', 'scripts', 'test', 'bench'];
}

function isOwnSource(line: string): boolean {
  return line.endsWith('.ts') && line.startsWith(process.cwd()) && !line.includes('/node_modules/');
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

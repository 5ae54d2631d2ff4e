// `npm run mutation`: changes each line of the pure rooms in turn, and prints the changes that no
// test notices.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { LogLevel, MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { Argument, Command, Option } from 'commander';
import {
  MUTATION_ROOMS,
  type MutationRoom,
  roomOf,
  sourcesOf,
  testFilesOf,
} from './mutation/mutation-rooms.ts';
import {
  describeMutant,
  type MutationScore,
  onlyNoticed,
  scoreOf,
  survivorsOf,
} from './mutation/mutation-score.ts';
import { TESTS_VARIABLE } from './mutation/tests-variable.ts';

const names = MUTATION_ROOMS.map(({ room }) => room);
const program = new Command('npm run mutation --')
  .description(
    'Changes lines of the pure rooms one by one, runs their tests, and prints the changes that no test notices.',
  )
  .addArgument(new Argument('[rooms...]', 'the rooms; without one, all of them').choices(names))
  .addOption(
    new Option(
      '--changed [commit]',
      'only files that differ from this commit, including uncommitted ones',
    ).preset('HEAD'),
  )
  .option(
    '--again',
    'keeps what the last run noticed where neither a line nor the test that noticed it has changed',
  )
  .option('--concurrency <number>', 'how many tests run at once', '2')
  .parse();
const { again, changed, concurrency } = program.opts<{
  again?: boolean;
  changed?: string;
  concurrency: string;
}>();
const asked = program.args.length > 0 ? program.args : names;

/** For this run only; also deleted when the run is interrupted. */
const copies = `dist/mutation/run-${process.pid}`;
process.on('exit', () => rmSync(copies, { recursive: true, force: true }));

const scores: { room: string; floor: number | undefined; score: MutationScore }[] = [];
for (const mutationRoom of MUTATION_ROOMS) {
  const { room, floor } = mutationRoom;
  if (!asked.includes(room)) continue;
  const files =
    changed === undefined ? [sourcesOf(room)] : changedFiles(changed).filter(file => roomOf(file) === room);
  if (files.length === 0) continue;
  const started = performance.now();
  // Stryker also gives what the last run found in other files of the room.
  const mutants = (await breakLines(mutationRoom, files)).filter(
    ({ fileName }) => changed === undefined || files.includes(relative(process.cwd(), fileName)),
  );
  const score = scoreOf(mutants);
  for (const mutant of survivorsOf(mutants)) {
    const file = relative(process.cwd(), mutant.fileName);
    console.log(describeMutant({ ...mutant, fileName: file }, readFileSync(file, 'utf8').split('\n')));
  }
  console.log(`${line(room, floor, score)}, ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
  // A few changed files give no score for the room.
  scores.push({ room, floor: changed === undefined ? floor : undefined, score });
}

if (scores.length === 0) console.log(`No file of a pure room differs from ${changed}.`);
for (const { room, floor, score } of scores) console.log(line(room, floor, score));
const low = scores.filter(
  ({ floor, score: { percent } }) => floor !== undefined && percent !== undefined && percent < floor,
);
if (low.length > 0) process.exitCode = 1;

function line(
  room: string,
  floor: number | undefined,
  { noticed, survived, not_run, percent }: MutationScore,
): string {
  const score =
    percent === undefined ? 'nothing to break' : `${percent.toFixed(1)} % of the broken lines noticed`;
  const least = floor === undefined ? '' : ` (at least ${floor} %)`;
  return `${room}: ${score}${least}: ${noticed} noticed, ${survived} not noticed, ${not_run} run by no test`;
}

async function breakLines({ room, tests }: MutationRoom, mutate: string[]): Promise<MutantResult[]> {
  const report = `dist/mutation/${room.replaceAll('/', '-')}`;
  if (again) forgetUnnoticed(`${report}.json`);
  process.env[TESTS_VARIABLE] = tests.map(testFilesOf).join(',');
  const stryker = new Stryker({
    mutate,
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // A test that is slow on a busy machine must not count as one that never ends.
    timeoutMS: 20_000,
    // A line that runs as a file is loaded is broken by all tests of the room, which `tests` keeps
    // few.
    warnings: false,
    concurrency: Number(concurrency),
    // The types are checked elsewhere, and Stryker can't read TypeScript's settings.
    tsconfigFile: 'none.json',
    checkers: [],
    reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only', 'html'],
    htmlReporter: { fileName: `${report}.html` },
    incremental: true,
    incrementalFile: `${report}.json`,
    force: !again,
    ignorePatterns: ['/.local', '/bench', '/dist', '/docs/pictures', '/web'],
    tempDirName: copies,
    // A const enum of declarations only: there is no value to import.
    logLevel: 'warn' as LogLevel.Warning,
    allowConsoleColors: false,
  });
  return stryker.runMutationTest();
}

/**
 * Leaves only what tests noticed in the file of the last run. Stryker would keep the rest for lines
 * that run while a file is loaded, even where tests are new.
 */
function forgetUnnoticed(file: string): void {
  if (existsSync(file))
    writeFileSync(file, JSON.stringify(onlyNoticed(JSON.parse(readFileSync(file, 'utf8')))));
}

function changedFiles(commit: string): string[] {
  const git = (...args: string[]): string[] => {
    const { status, stdout, stderr } = spawnSync('git', args, { encoding: 'utf8' });
    if (status !== 0) program.error(`git could not compare with ${commit}: ${stderr.split('\n')[0]}`);
    return stdout.split('\n').filter(name => name.endsWith('.ts'));
  };
  const files = [
    ...git('diff', '--name-only', '--relative', commit),
    ...git('ls-files', '--others', '--exclude-standard'),
  ];
  return files.filter(existsSync);
}

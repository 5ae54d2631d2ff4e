/**
 * Tests that stop an operation at any of its calls try every n-th one in the suite;
 * `KILL_CALLS=all`, as `npm run test:long` sets it, tries each.
 */
export function callStep(bounded: number): number {
  return process.env.KILL_CALLS === 'all' ? 1 : bounded;
}

/**
 * The first call to try: another one each time, so that a few runs of the suite try all of them.
 */
export function firstCall(step: number): number {
  return Math.floor(Math.random() * step);
}

/**
 * The number of random runs of a test on a database in memory: 40 % in the suite, different ones
 * each time, and all with `RANDOM_RUNS=all`, which `npm run test:long` sets.
 */
export function randomRuns(all: number): number {
  return process.env.RANDOM_RUNS === 'all' ? all : Math.ceil(all * 0.4);
}

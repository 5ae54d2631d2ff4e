import { afterAll, beforeAll, describe } from 'vitest';
import { type ConsoleWorld, startConsoleWorld } from '../../support/console-world.ts';
import { keyboardSuite } from './suites/keyboard.ts';
import { longNamesSuite } from './suites/long-names.ts';
import { rolesSuite } from './suites/roles.ts';
import { shadingSuite } from './suites/shading.ts';
import { silenceSuite } from './suites/silence.ts';
import { twoPeopleSuite } from './suites/two-people.ts';

/** Time to build the console and to start, on a busy machine. */
const START_MS = 300_000;

// What people are offered and can read. Beside console.test.ts with a world of its own, so that two workers share the browser tests.
let started: ConsoleWorld | undefined;
const world = (): ConsoleWorld => started!;

beforeAll(async () => {
  started = await startConsoleWorld();
}, START_MS);
afterAll(() => started?.stop());

twoPeopleSuite(world);
shadingSuite(world);
// Roles see the alarm that the keyboard acknowledges.
rolesSuite(world);
keyboardSuite(world);
// An edge is waited for while all pages are looked at.
describe.concurrent('side by side', () => {
  silenceSuite(world);
  longNamesSuite(world);
});

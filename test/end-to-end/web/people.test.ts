import { describe } from 'vitest';
import { useConsoleWorld } from '../../support/console-world.ts';
import { costSuite } from './suites/cost.ts';
import { keyboardSuite } from './suites/keyboard.ts';
import { longNamesSuite } from './suites/long-names.ts';
import { mapSuite } from './suites/map.ts';
import { rolesSuite } from './suites/roles.ts';
import { shadingSuite } from './suites/shading.ts';
import { signInSuite } from './suites/sign-in.ts';
import { silenceSuite } from './suites/silence.ts';
import { trafficSuite } from './suites/traffic.ts';
import { twoPeopleSuite } from './suites/two-people.ts';
import { usersSuite } from './suites/users.ts';

// What people are offered and can read. Beside console.test.ts with a world of its own, so that two
// workers share the browser tests.
const world = useConsoleWorld();

twoPeopleSuite(world);
shadingSuite(world);
trafficSuite(world);
// Roles see the alarm that the keyboard acknowledges.
rolesSuite(world);
keyboardSuite(world);
usersSuite(world);
signInSuite(world);
costSuite(world);
mapSuite(world);
// An edge is waited for while all pages are looked at.
describe.concurrent('side by side', () => {
  silenceSuite(world);
  longNamesSuite(world);
});

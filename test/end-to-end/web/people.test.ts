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

// The actions and pages of each role. It has its own world next to console.test.ts, so that two
// workers share the browser tests.
const world = useConsoleWorld();

twoPeopleSuite(world);
shadingSuite(world);
trafficSuite(world);
// Roles need the alarm that the keyboard suite acknowledges.
rolesSuite(world);
keyboardSuite(world);
usersSuite(world);
signInSuite(world);
costSuite(world);
mapSuite(world);
// The suite waits for an edge while all pages are open.
describe.concurrent('side by side', () => {
  silenceSuite(world);
  longNamesSuite(world);
});

import { describe } from 'vitest';
import { useConsoleWorld } from '../../support/console-world.ts';
import { accessibilitySuite } from './suites/accessibility.ts';
import { addressSuite } from './suites/addresses.ts';
import { alarmsSuite } from './suites/alarms.ts';
import { changesSuite } from './suites/changes.ts';
import { exportsAndCachesSuite } from './suites/exports-caches.ts';
import { failingSourceSuite } from './suites/failing-source.ts';
import { flowsSuite, flowTailSuite } from './suites/flows.ts';
import { graphiqlSuite } from './suites/graphiql.ts';
import { hostileNamesSuite } from './suites/hostile-names.ts';
import { incidentsSuite } from './suites/incidents.ts';
import { liveSuite } from './suites/live.ts';
import { pathsSuite } from './suites/paths.ts';
import { policiesSuite } from './suites/policies.ts';
import { policyEditorSuite } from './suites/policy-editor.ts';
import { ratesSuite } from './suites/rates.ts';
import { sessionSuite } from './suites/session.ts';
import { settingsSuite } from './suites/settings.ts';
import { sitesSuite } from './suites/sites.ts';

// One system and one browser for all suites: each is about one subject, and those that disturb the
// world more come later.
const world = useConsoleWorld();

sessionSuite(world);
addressSuite(world);
graphiqlSuite(world);
pathsSuite(world);
// These look for policies in a table that draws the first twenty.
hostileNamesSuite(world);
liveSuite(world);
changesSuite(world);
sitesSuite(world);
exportsAndCachesSuite(world);
policiesSuite(world);
policyEditorSuite(world);
incidentsSuite(world);
settingsSuite(world);
flowsSuite(world);
alarmsSuite(world);
// A capture of half a minute is replayed while all pages are open.
describe.concurrent('side by side', () => {
  ratesSuite(world);
  flowTailSuite(world);
  accessibilitySuite(world);
});
failingSourceSuite(world);

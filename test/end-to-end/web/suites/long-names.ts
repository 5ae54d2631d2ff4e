import type { Page } from 'playwright-core';
import { beforeAll, describe, it } from 'vitest';
import { goAfreshWithin, openConsole } from '../../../support/browser.ts';
import { type ConnectedSites, connectedSites } from '../../../support/connected-sites.ts';
import { awaitAlarm, type ConsoleWorld } from '../../../support/console-world.ts';
import { overlaps } from '../../../support/layout.ts';
import type { SystemClient } from '../../../support/system-client.ts';
import { sidewaysScroll } from './hostile-names.ts';

const WIDTHS = [390, 1280, 2560];

/** The longest name that the API accepts, without a place for a line break. */
const NAME = 'W'.repeat(100);
const LOCATION = 'M'.repeat(200);
const DOMAIN = Array.from({ length: 4 }, () => 'w'.repeat(61)).join('.');
const EDGE = 'E'.repeat(64);
const VIEW = 'V'.repeat(80);
const INCIDENT = 'I'.repeat(100);

const RIGHT_TO_LEFT = 'שלום עולם — مرحبا بالعالم '.repeat(4).trim().slice(0, 100);
const MARKUP = '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>';

interface Named extends ConnectedSites {
  policy: string;
  entry: string;
  incident: string;
}

interface View {
  at(named: Named): string;
  /** Text that is present once everything is drawn. */
  shows: string | RegExp;
  /** Opens a dialog. */
  open?(page: Page): Promise<void>;
}

const SITE = ({ site }: Named) => `/sites/${site}`;
const press = (name: string) => (page: Page) =>
  page.getByRole('button', { name, exact: true }).first().click();

const VIEWS: Record<string, View> = {
  Now: { at: () => '/', shows: `Edge ${EDGE} is silent.` },
  'Now of a policy': { at: ({ policy }) => `/?policy=${policy}`, shows: `Throughput of ${NAME}` },
  paths: { at: () => '/paths', shows: /^W+ wan1 – / },
  'site by site': { at: () => '/paths?view=matrix', shows: NAME },
  neighbourhood: { at: ({ site }) => `/paths?view=neighbourhood&site=${site}`, shows: NAME },
  'a path': {
    at: ({ path }) => `/paths?path=${path}`,
    shows: /uses? this path|uses another path|has no path/,
  },
  'a failover': {
    at: ({ path }) => `/paths?path=${path}`,
    shows: 'Every policy on it moves to another path at once. You can return it to use at any time.',
    open: press('Fail over'),
  },
  'filters of traffic': {
    at: ({ policy, site }) => `/traffic?policy=${policy}&not-site=${site}&not-edge=${EDGE}`,
    shows: EDGE,
  },
  sites: { at: () => '/sites', shows: NAME },
  edges: { at: () => '/sites?view=edges', shows: EDGE },
  'deleted sites': { at: () => '/sites?view=deleted', shows: `Gone ${NAME.slice(5)}` },
  'a site': { at: SITE, shows: EDGE },
  "a site's form": { at: SITE, shows: 'Base64 of 32 bytes', open: press('Change…') },
  "a site's deletion": { at: SITE, shows: 'This also deletes:', open: press('Delete…') },
  'a new endpoint': { at: SITE, shows: 'Price a GB, USD', open: press('Add an endpoint') },
  'a change of an endpoint': { at: SITE, shows: 'Price a GB, USD', open: press('Change wan1') },
  'a removal': {
    at: SITE,
    shows: 'This also removes every path that ends at it.',
    open: press('Remove wan1'),
  },
  'an edge out of service': {
    at: SITE,
    shows: 'The edge is no longer expected to report',
    open: press(`Take ${EDGE} out of service`),
  },
  'a new edge': { at: () => '/sites?view=edges', shows: 'Seconds between', open: press('Register an edge') },
  'a deletion of several': {
    at: () => `/sites?q=${NAME}`,
    shows: 'These sites are deleted',
    async open(page) {
      await page.getByRole('checkbox', { name: `Choose ${NAME}` }).click({ force: true });
      await press('Delete 1…')(page);
    },
  },
  policies: { at: () => '/policies', shows: NAME },
  'a policy': { at: ({ policy }) => `/policies?policy=${policy}`, shows: 'Last destination port' },
  "a policy's routing": { at: ({ policy }) => `/policies?policy=${policy}&part=routing`, shows: 'In use' },
  "a policy's versions": {
    at: ({ policy }) => `/policies?policy=${policy}&part=versions`,
    shows: 'Current',
  },
  "a policy's deletion": {
    at: ({ policy }) => `/policies?policy=${policy}`,
    shows: 'Traffic that would move',
    open: press('Delete…'),
  },
  'two instants': {
    at: () => '/changes?show=between&range=24h',
    shows: `Policy ${NAME} was created.`,
  },
  incidents: { at: () => '/incidents', shows: INCIDENT },
  'an incident': { at: ({ incident }) => `/incidents/${incident}`, shows: /^Decisions between WWW/ },
  'a test of a flow': { at: () => '/policies?view=test', shows: 'Flow' },
  'a new export': { at: () => '/exports?new=HISTORY', shows: 'Format' },
  settings: { at: () => '/settings', shows: VIEW },
  changes: { at: ({ site }) => `/changes?on=site:${site}`, shows: 'Create site' },
  'a change': { at: ({ entry }) => `/changes?entry=${entry}`, shows: LOCATION },
  palette: {
    at: () => '/changes',
    shows: NAME,
    async open(page) {
      await page.getByRole('navigation', { name: 'Pages' }).waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('searchbox', { name: /^Find/ }).fill('WWW');
    },
  },
};

export function longNamesSuite(world: () => ConsoleWorld): void {
  describe('the longest names, right-to-left ones and markup', () => {
    let named: Named;

    beforeAll(async () => {
      named = await withLongNames(world().admin);
      await awaitAlarm(world(), EDGE);
    });

    it('push nothing off the screen and nothing over anything else, on every page and dialog, at three widths', async ({
      expect,
    }) => {
      const { browser, system } = world();
      const { page, context, problems } = await openConsole(browser, system, { as: 'admin' });
      const faults: string[] = [];
      for (const [view, { at, shows, open }] of Object.entries(VIEWS)) {
        await page.setViewportSize({ width: 1280, height: 900 });
        await goAfreshWithin(page, at(named));
        await open?.(page);
        await page.getByText(shows).first().waitFor();
        await page.locator('.loading').first().waitFor({ state: 'detached' });
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          faults.push(...(await faultsOf(page)).map(fault => `${view} at ${width}: ${fault}`));
        }
        expect(await page.title()).toBe('Patronus');
      }
      expect(faults).toEqual([]);
      expect(problems).toEqual([]);
      await context.close();
    });
  });
}

/** The faults of the layout once it has settled after a change of the width. */
async function faultsOf(page: Page): Promise<string[]> {
  let found: string[] = [];
  // Charts and maps adapt to a new width in a later frame.
  for (let look = 0; look < 10; look++) {
    const sideways = await sidewaysScroll(page);
    found = [...(sideways > 0 ? [`scrolls sideways by ${sideways}`] : []), ...(await overlaps(page))];
    if (found.length === 0) return [];
  }
  return found;
}

async function withLongNames(admin: SystemClient): Promise<Named> {
  const joined = await connectedSites(admin, {
    ...{ name: NAME, other: RIGHT_TO_LEFT },
    ...{ location: LOCATION, domain: DOMAIN },
  });
  await connectedSites(admin, { name: MARKUP, other: NAME.replaceAll('W', 'i'), location: MARKUP });
  await admin.data(
    'mutation ($id: ID!, $site_id: ID!) { registerEdge(id: $id, site_id: $site_id, interval_s: 5) { id } }',
    { id: EDGE, site_id: joined.site },
  );
  const { createSite } = await admin.data(
    'mutation ($name: String!, $location: String) { createSite(name: $name, location: $location) { id } }',
    { name: `Gone ${NAME.slice(5)}`, location: LOCATION },
  );
  await admin.data('mutation ($id: ID!) { deleteSite(site_id: $id) { audit_id } }', createSite);
  const { createPolicy } = await admin.data(
    'mutation ($name: String!) { createPolicy(name: $name, priority: 3) { id } }',
    { name: NAME },
  );
  const scope = { site_id: joined.site, peer_site_id: joined.other };
  const { createIncident } = await admin.data(
    `mutation ($name: String!, $from: AWSDateTime!, $to: AWSDateTime!, $scope: IncidentScopeInput) {
      createIncident(name: $name, from: $from, to: $to, scope: $scope) { id }
    }`,
    { name: INCIDENT, ...lastMinutes(), scope },
  );
  await admin.data(
    'mutation ($name: String!, $address: String!) { saveView(name: $name, address: $address) { saved_views { name } } }',
    {
      name: VIEW,
      address: `/sites?q=${NAME}`,
    },
  );
  const { auditLog } = await admin.data(
    'query ($target: String) { auditLog(target: $target, action: "createSite", limit: 1) { items { id } } }',
    { target: `site:${joined.site}` },
  );
  return {
    ...joined,
    policy: createPolicy.id,
    entry: auditLog.items[0].id,
    incident: createIncident.id,
  };
}

function lastMinutes(): { from: string; to: string } {
  const now = Date.now();
  return { from: new Date(now - 120_000).toISOString(), to: new Date(now).toISOString() };
}

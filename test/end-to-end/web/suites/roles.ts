import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Access,
  type MutationName,
  type OperationName,
  PUBLICATIONS,
  ROLES,
} from '../../../../core/access/roles.ts';
import { type Group, goWithin, newContext, openConsole, signInOn } from '../../../support/browser.ts';
import { type ConnectedSites, connectedSites } from '../../../support/connected-sites.ts';
import { awaitAlarm, type ConsoleWorld } from '../../../support/console-world.ts';
import { OPERATIONS } from '../../../support/operation-documents.ts';
import { type SystemClient, signedIn } from '../../../support/system-client.ts';

const GROUPS: readonly Group[] = ['viewer', 'operator', 'admin'];

/** What the pages show. */
interface Shown extends ConnectedSites {
  deleted_site: string;
  incident: string;
  /** With two versions. */
  policy: string;
  /** Entries of the audit log. */
  deletion: string;
  creation: string;
}

/** A button or box that makes a change, or opens a dialog that does. */
interface Control {
  at(shown: Shown): string;
  name: string | RegExp;
  role?: 'button' | 'checkbox';
  /** A second operation on the same target. */
  and?: MutationName;
}

const NOW = () => '/';
const SITES = () => '/sites?q=Joined';
const SITE = ({ site }: Shown) => `/sites/${site}`;
const POLICIES = () => '/policies?q=Joined';
const POLICY = ({ policy }: Shown) => `/policies?policy=${policy}`;
const USERS = () => '/users';
const THRESHOLDS = () => '/alarms?view=thresholds';
const DESTINATIONS = () => '/alarms?view=destinations';
const MUTES = () => '/alarms?view=mutes';
const NAMED_GROUPS = () => '/flows?view=groups';
const PATH = ({ path }: Shown) => `/paths?path=${path}`;
const PATH_OUT = ({ path_out }: Shown) => `/paths?path=${path_out}`;

/**
 * The place of each mutation in the console; a new mutation needs its row. Empty: no page has it
 * yet, or only for a person's own objects.
 */
const OFFERED: Record<MutationName, readonly Control[]> = {
  acknowledgeAlarm: [{ at: NOW, name: 'Acknowledge' }],
  createSite: [{ at: SITES, name: 'New site' }],
  deleteSites: [
    { at: SITES, name: 'Delete…' },
    { at: SITES, role: 'checkbox', name: 'Choose Joined one' },
  ],
  updateSite: [{ at: SITE, name: 'Change…' }],
  deleteSite: [{ at: SITE, name: 'Delete…' }],
  addEndpoint: [{ at: SITE, name: 'Add an endpoint' }],
  updateEndpoint: [{ at: SITE, name: 'Change wan1' }],
  removeEndpoint: [{ at: SITE, name: 'Remove wan1' }],
  registerEdge: [
    { at: SITE, name: 'Register an edge' },
    { at: () => '/sites?view=edges', name: 'Register an edge' },
  ],
  retireEdge: [{ at: SITE, name: 'Take edge-joined out of service' }],
  restoreSite: [{ at: () => '/sites?view=deleted', name: 'Restore Joined and gone' }],
  failoverPath: [{ at: PATH, name: 'Fail over' }],
  checkPathHealth: [{ at: PATH, name: 'Measure now' }],
  restorePath: [{ at: PATH_OUT, name: 'Return to use' }],
  createPolicy: [{ at: POLICIES, name: 'New policy' }],
  updatePolicy: [{ at: POLICIES, name: 'Change Joined policy' }],
  togglePolicy: [{ at: POLICIES, name: 'Disable Joined policy' }],
  saveNamedGroup: [
    { at: NAMED_GROUPS, name: 'New group' },
    { at: NAMED_GROUPS, name: 'Change Joined-group' },
  ],
  deleteNamedGroup: [{ at: NAMED_GROUPS, name: 'Delete Joined-group' }],
  createIncident: [{ at: () => '/changes?show=between', name: 'Freeze as an incident…' }],
  removeIncident: [{ at: ({ incident }) => `/incidents/${incident}`, name: 'Remove…' }],
  startExport: [{ at: () => '/exports', name: 'New export' }],
  clearCache: [{ at: () => '/caches', name: 'Clear…' }],
  warmCaches: [{ at: () => '/caches', name: 'Preload the latest decisions' }],
  inviteUser: [{ at: USERS, name: 'Invite a person' }],
  setUserGroups: [{ at: USERS, name: 'Change groups of operator@example.com' }],
  setUserEnabled: [{ at: USERS, name: 'Disable operator@example.com' }],
  undo: [
    { at: shown => `/changes?on=site:${shown.site}`, name: /^Undo Create site/, and: 'createSite' },
    { at: shown => `/changes?on=site:${shown.deleted_site}`, name: /^Undo Delete site/, and: 'deleteSite' },
    { at: shown => `/changes?entry=${shown.creation}`, name: 'Undo', and: 'createSite' },
    { at: shown => `/changes?entry=${shown.deletion}`, name: 'Undo', and: 'deleteSite' },
  ],
  deletePolicy: [{ at: POLICY, name: 'Delete…' }],
  restorePolicyVersion: [{ at: shown => `${POLICY(shown)}&part=versions`, name: /^Restore the version of/ }],
  setPolicyRouting: [{ at: shown => `${POLICY(shown)}&part=routing`, name: 'Save the routing' }],
  ...notOffered(['rotateEdgeKey', 'revokeEdgeKey', 'createPath', 'deletePath']),
  ...notOffered(['resetPolicyStats', 'resetAllStats', 'undoReset', 'voidBoot', 'undoVoidBoot']),
  ...notOffered(['eraseFlows', 'acknowledgeCommand', 'reportProbe']),
  ...notOffered(['setPreferences', 'saveView', 'removeView']),
  setThreshold: [{ at: THRESHOLDS, name: 'New threshold' }],
  updateThreshold: [{ at: THRESHOLDS, name: 'Change Joined threshold' }],
  setDestination: [{ at: DESTINATIONS, name: 'New destination' }],
  updateDestination: [{ at: DESTINATIONS, name: 'Change Joined destination' }],
  removeDestination: [{ at: DESTINATIONS, name: 'Remove Joined destination' }],
  testDestination: [{ at: DESTINATIONS, name: 'Test Joined destination' }],
  setMute: [{ at: MUTES, name: 'New mute' }],
  removeMute: [{ at: MUTES, name: 'End Joined mute' }],
  removeThreshold: [{ at: THRESHOLDS, name: 'Remove Joined threshold' }],
  // Of a person's own exports, which every group may start.
  ...notOffered(['exportLink', 'cancelExport']),
};

function notOffered<Name extends MutationName>(names: readonly Name[]): Record<Name, []> {
  return Object.fromEntries(names.map(name => [name, []])) as never;
}

/** Each page and dialog with its actions, and the groups that see them. */
const CONTROLS = Object.entries(OFFERED).flatMap(([operation, controls]) =>
  controls.map(control => ({ ...control, needs: [operation, control.and ?? operation] as MutationName[] })),
);

export function rolesSuite(world: () => ConsoleWorld): void {
  describe('roles', () => {
    let shown: Shown;

    beforeAll(async () => {
      const { admin, silent_edge } = world();
      shown = await prepared(admin);
      await awaitAlarm(world(), silent_edge);
    });

    it.each(GROUPS)('a person in group %s sees exactly the actions of the group', async group => {
      const { browser, system } = world();
      const { page, leave, problems } = await openConsole(browser, system, { as: group });
      await knowsGroup(page, group);
      const offered: Record<string, boolean> = {};
      const expected: Record<string, boolean> = {};
      for (const [address, controls] of Map.groupBy(CONTROLS, ({ at }) => at(shown))) {
        // Without a reload, so that the data about the person remains cached.
        await goWithin(page, address);
        const place = await placeOf(page, address);
        for (const { name, role = 'button', needs } of controls) {
          const key = `${needs.join(' + ')}: ${name} at ${address}`;
          const control = place.getByRole(role, { name, exact: true }).first();
          expected[key] = needs.every(need => mayCall(`Mutation.${need}`, group));
          if (expected[key]) await control.waitFor();
          offered[key] = (await control.count()) > 0;
        }
      }
      expect(offered).toEqual(expected);
      expect(problems).toEqual([]);
      await leave();
    });

    it('a person in no group sees an explanation instead of every page', async () => {
      const { browser, system } = world();
      const context = await newContext(browser);
      const page = await context.newPage();
      await page.goto(new URL('/sites', system.endpoints.dashboard).href);
      await signInOn(page, system, 'none');
      await page.getByRole('heading', { name: 'No access yet' }).waitFor();
      await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Patronus' }).waitFor();
      await context.close();
    });

    it.each([...GROUPS, 'none'] as const)(
      'the API rejects every operation that group %s may not call, with the typed error',
      async group => {
        const client = await signedIn(world().system, group);
        const refused = OPERATIONS.filter(({ name }) => !mayCall(name as OperationName, group));
        expect(refused.length).toBeGreaterThan(0);
        for (const { name, document } of refused) {
          const { data, errors } = await client.ask(document);
          const [error] = errors ?? [];
          const answer = data?.[name.split('.')[1]!] ?? null;
          expect({ name, answer, type: error?.errorType, message: error?.message }).toEqual({
            name,
            answer: null,
            type: 'Unauthorized',
            message: refusalOf(name, group),
          });
        }
      },
    );
  });
}

/** The rows of roles.ts and of what only machines publish. */
const ACCESS: Record<string, Access> = { ...ROLES, ...PUBLICATIONS };

function mayCall(operation: string, group: Group | 'none'): boolean {
  const { people } = ACCESS[operation]!;
  return people !== null && group !== 'none' && GROUPS.indexOf(group) >= GROUPS.indexOf(people);
}

function refusalOf(operation: string, group: Group | 'none'): string {
  const { people } = ACCESS[operation]!;
  const [type, name] = operation.split('.') as [string, string];
  if (people === null || group === 'none') return `Not Authorized to access ${name} on type ${type}`;
  return `${name} needs group ${people}, and you are in ${group}. Ask an administrator for it.`;
}

/**
 * The account's menu shows the group from the same answer that decides on actions: no action
 * appears later.
 */
async function knowsGroup(page: Page, group: Group): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menu').getByText(`Group: ${group}`).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
}

/** The page or dialog of an address, once it shows the subject of its controls. */
async function placeOf(page: Page, address: string): Promise<Locator> {
  const { pathname, searchParams } = new URL(address, 'http://console');
  const inDialog = ['entry', 'path', 'policy'].some(name => searchParams.has(name));
  const place = inDialog ? page.getByRole('dialog') : page.getByRole('main');
  const on = searchParams.get('on');
  const sign = on
    ? place.getByRole('button', { name: `Create site ${on}: details` })
    : place.getByText(signOf(pathname, searchParams));
  await sign.first().waitFor();
  return place;
}

/** People who may not see destinations see none, in the same panel. */
const ALARM_SIGNS: Record<string, string> = {
  thresholds: 'Joined threshold',
  destinations: 'Destinations',
  mutes: 'Joined mute',
};

function signOf(pathname: string, query: URLSearchParams): string {
  if (query.has('entry')) return 'Before and after';
  if (query.has('path')) return 'Why this path';
  if (query.get('part') === 'versions') return 'Current';
  if (query.get('part') === 'routing') return 'Paths of the policy';
  if (query.has('policy')) return 'Priority';
  if (query.get('show') === 'between') return 'Second instant (UTC)';
  if (pathname.startsWith('/incidents/')) return 'Joined incident';
  if (pathname === '/exports') return 'Exports';
  if (pathname === '/caches') return 'Caches';
  if (pathname === '/users') return 'Users';
  if (pathname === '/alarms') return ALARM_SIGNS[query.get('view')!]!;
  if (pathname === '/policies') return 'Joined policy';
  if (pathname === '/flows') return '@Joined-group';
  if (pathname === '/') return 'Edge edge-unheard is silent.';
  if (query.get('view') === 'edges') return 'edge-unheard';
  if (query.get('view') === 'deleted') return 'Joined and gone';
  return pathname === '/sites' ? 'Joined one' : 'edge-joined';
}

async function prepared(admin: SystemClient): Promise<Shown> {
  const joined = await connectedSites(admin, { name: 'Joined one', other: 'Joined other' });
  await admin.data(
    'mutation ($id: ID!) { registerEdge(id: "edge-joined", site_id: $id, interval_s: 3600) { id } }',
    { id: joined.site },
  );
  const { createPolicy } = await admin.data(
    'mutation { createPolicy(name: "Joined policy", priority: 4) { id } }',
  );
  await admin.data('mutation ($id: ID!) { updatePolicy(id: $id, priority: 5) { id } }', createPolicy);
  await admin.data(
    'mutation { setThreshold(name: "Joined threshold", scope: EDGE, target_id: "edge-joined", metric: SILENCE_MINUTES, direction: ABOVE, value: 10000, minutes: 1) { id } }',
  );
  await admin.data('mutation { createPolicy(name: "Joined policy", priority: 4) { id } }');
  await admin.data('mutation { saveNamedGroup(name: "Joined-group", kind: PORTS, members: ["9"]) { name } }');
  await admin.data('mutation { setDestination(name: "Joined destination", type: MAIL) { id } }');
  await admin.data(
    'mutation ($until: AWSDateTime!) { setMute(target: "site:none", reason: "Joined mute", until: $until) { id } }',
    { until: new Date(Date.now() + 3_600_000).toISOString() },
  );
  await admin.data('mutation ($id: ID!) { failoverPath(path_id: $id, until_restored: true) { audit_id } }', {
    id: joined.path_out,
  });
  const { createIncident } = await admin.data(
    'mutation ($from: AWSDateTime!, $to: AWSDateTime!) { createIncident(name: "Joined incident", from: $from, to: $to) { id } }',
    { from: new Date(Date.now() - 120_000).toISOString(), to: new Date().toISOString() },
  );
  const { createSite } = await admin.data('mutation { createSite(name: "Joined and gone") { id } }');
  const { deleteSite } = await admin.data(
    'mutation ($id: ID!) { deleteSite(site_id: $id) { audit_id } }',
    createSite,
  );
  const { auditLog } = await admin.data(
    'query ($target: String) { auditLog(target: $target, action: "createSite", limit: 1) { items { id } } }',
    { target: `site:${joined.site}` },
  );
  return {
    ...joined,
    deleted_site: createSite.id,
    policy: createPolicy.id,
    incident: createIncident.id,
    deletion: deleteSite.audit_id,
    creation: auditLog.items[0].id,
  };
}

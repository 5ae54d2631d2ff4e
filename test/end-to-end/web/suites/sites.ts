import { describe, expect, it } from 'vitest';
import { openConsole, PATIENCE_MS, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';
import type { SystemClient } from '../../../support/system-client.ts';

/** Too many for one transaction, so that the deletion continues in the background. */
const PATHS = 60;

export function sitesSuite(world: () => ConsoleWorld): void {
  describe('the page Sites and edges', () => {
    it('deletes a site with 60 paths after its name was typed, and undo restores everything', async () => {
      const { browser, system, admin } = world();
      const hub = await siteWith(admin, { name: 'Hub', paths: PATHS });
      const before = await inventoryOf(admin, hub);
      const { page, leave, problems } = await openConsole(browser, system, {
        as: 'admin',
        at: `/sites/${hub}`,
      });
      await page.getByRole('button', { name: 'Delete…' }).click();
      const dialog = page.getByRole('dialog', { name: 'Delete Hub' });
      await dialog.getByText(String(PATHS), { exact: true }).waitFor();
      await dialog.getByRole('button', { name: 'Delete the site' }).click();
      await dialog.getByText('Type Hub exactly as it is written.').waitFor();
      await dialog.getByLabel('Type Hub to confirm').fill('Hub');
      await dialog.getByRole('button', { name: 'Delete the site' }).click();

      const work = page.getByRole('list', { name: 'Operations in progress' }).getByRole('listitem');
      const deletion = work.filter({ hasText: 'Deletion of site Hub' }).filter({ hasText: 'Done' });
      await deletion.waitFor();
      await reloadConsole(page);
      await deletion.waitFor();
      await page.goto(new URL('/changes', page.url()).href);
      await page.getByRole('button', { name: `Undo Delete site site:${hub}` }).click();
      const restore = page.getByRole('listitem').filter({ hasText: 'Restore of site Hub' });
      await restore.filter({ hasText: 'Done' }).first().waitFor();
      expect(await inventoryOf(admin, hub)).toEqual(before);
      expect(problems).toEqual([]);
      await leave();
    });

    it('deletes three sites at once and shows the result of each, one of them an error', async () => {
      const { browser, system, admin } = world();
      const names = ['Bulk one', 'Bulk two', 'Bulk three'];
      const ids: string[] = [];
      for (const name of names) ids.push(await siteWith(admin, { name, paths: 0 }));
      const { page, leave } = await openConsole(browser, system, { as: 'admin', at: '/sites?q=Bulk' });
      // By key: a click could miss the row, which moves when the list is reloaded.
      for (const name of names) await page.getByRole('checkbox', { name: `Choose ${name}` }).press('Space');
      await page.getByRole('button', { name: 'Delete 3…' }).click();
      // Another person changes one of them first.
      await admin.data('mutation ($id: ID!) { deleteSite(site_id: $id) { audit_id } }', { id: ids[1]! });
      const dialog = page.getByRole('dialog', { name: 'Delete 3 sites' });
      await dialog.getByLabel('Type delete 3 sites to confirm').fill('delete 3 sites');
      await dialog.getByRole('button', { name: 'Delete 3 sites' }).click();
      const results = page.getByRole('list', { name: 'Result of each site' }).getByRole('listitem');
      await results.filter({ hasText: 'Bulk three' }).waitFor();
      const statuses = await Promise.all(
        names.map(async name => (await results.filter({ hasText: name }).textContent())!.split('Bulk')[0]),
      );
      expect(statuses).toEqual(['Deleted', 'Refused', 'Deleted']);
      await leave();
    });

    it('removes an endpoint, and undo restores it with its path', async () => {
      const { browser, system, admin } = world();
      const site = await siteWith(admin, { name: 'Removal', paths: 1 });
      const before = await inventoryOf(admin, site);
      const { page, leave } = await openConsole(browser, system, { as: 'operator', at: `/sites/${site}` });
      await page.getByRole('button', { name: 'Remove wan1' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove the endpoint' }).click();
      const undo = page.getByRole('alertdialog').getByRole('button', { name: 'Undo' });
      // A toast stays while the pointer is over it.
      await undo.hover();
      await page
        .getByText('This site has no endpoints yet. A path needs an endpoint at both ends.')
        .waitFor();
      await undo.click();
      await page.getByRole('cell', { name: 'wan1', exact: true }).first().waitFor();
      expect(await inventoryOf(admin, site)).toEqual(before);
      await leave();
    });

    it('marks a wrong value at its field, and accepts the corrected one', async () => {
      const { browser, system } = world();
      const { page, leave } = await openConsole(browser, system, { as: 'operator', at: '/sites' });
      await page.getByRole('button', { name: 'New site' }).click();
      const dialog = page.getByRole('dialog', { name: 'New site' });
      await dialog.getByLabel('Name').fill('Wrong key');
      await dialog.getByLabel('WireGuard public key').fill('no key');
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog
        .locator('[data-invalid]')
        .getByText(/public_key must be a WireGuard public key/)
        .waitFor();
      expect(await dialog.locator('.field[data-invalid]').count()).toBe(1);
      await dialog.getByLabel('WireGuard public key').fill('');
      await dialog.getByRole('button', { name: 'Create' }).click();
      await page.getByRole('heading', { name: 'Wrong key' }).waitFor();
      await leave();
    });

    it("shows another person's change instead of overwriting it", async () => {
      const { browser, system, admin } = world();
      const site = await siteWith(admin, { name: 'Contended', paths: 0 });
      const { page, leave } = await openConsole(browser, system, { as: 'operator', at: `/sites/${site}` });
      await page.getByRole('button', { name: 'Change…' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'Change the site' });
      await dialog.getByLabel('Location').fill('Mine');
      await admin.data('mutation ($id: ID!) { updateSite(site_id: $id, location: "Theirs") { id } }', {
        id: site,
      });
      await dialog.getByRole('button', { name: 'Save', exact: true }).click();
      await dialog.getByText(/admin@example.com changed it with updateSite/).waitFor();
      await dialog.getByRole('button', { name: 'Load their version' }).click();
      const location = () => dialog.getByLabel('Location').inputValue();
      await expect.poll(location, { timeout: PATIENCE_MS }).toBe('Theirs');
      await dialog.getByLabel('Location').fill('Mine again');
      await dialog.getByRole('button', { name: 'Save', exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
      const { site: after } = await admin.data('query ($id: ID!) { site(id: $id) { location } }', {
        id: site,
      });
      expect(after.location).toBe('Mine again');
      await leave();
    });
  });
}

/** Paths from each endpoint of a site. */
const PATHS_AN_ENDPOINT = 10;

/**
 * A site with this number of paths, from as few endpoints as possible to as few as possible of a
 * second site.
 */
async function siteWith(
  admin: SystemClient,
  { name, paths }: { name: string; paths: number },
): Promise<string> {
  const id = await makeSite(admin, name);
  const ends = wans(Math.max(1, Math.ceil(paths / PATHS_AN_ENDPOINT)));
  for (const [number, end] of ends.entries()) await addEndpoint(admin, id, end, `192.0.2.${number + 1}`);
  if (paths === 0) return id;
  const peer = await makeSite(admin, `Peer of ${name}`);
  const peer_ends = wans(Math.min(paths, PATHS_AN_ENDPOINT));
  for (const [number, end] of peer_ends.entries())
    await addEndpoint(admin, peer, end, `198.51.100.${number + 1}`);
  const pairs = ends.flatMap(from => peer_ends.map(to => ({ from, to })));
  for (const { from, to } of pairs.slice(0, paths)) {
    await admin.data(
      `mutation ($a: ID!, $from: ID!, $b: ID!, $to: ID!) {
        createPath(source_site_id: $a, source_endpoint_id: $from, destination_site_id: $b, destination_endpoint_id: $to) { id }
      }`,
      { a: id, from, b: peer, to },
    );
  }
  return id;
}

const wans = (count: number): string[] => Array.from({ length: count }, (_, number) => `wan${number + 1}`);

async function makeSite(admin: SystemClient, name: string): Promise<string> {
  const { createSite } = await admin.data('mutation ($name: String!) { createSite(name: $name) { id } }', {
    name,
  });
  return createSite.id;
}

async function addEndpoint(
  admin: SystemClient,
  site_id: string,
  endpoint_id: string,
  address: string,
): Promise<void> {
  await admin.data(
    `mutation ($site_id: ID!, $endpoint_id: ID!, $address: String!) {
      addEndpoint(site_id: $site_id, endpoint_id: $endpoint_id, address: $address, interface_type: FIBER) { id }
    }`,
    { site_id, endpoint_id, address },
  );
}

/** The answers of queries about a site, without the time of its last change. */
async function inventoryOf(admin: SystemClient, id: string): Promise<unknown> {
  const { site } = await admin.data(
    'query ($id: ID!) { site(id: $id) { id name location public_key created_at endpoints { id address created_at } } }',
    { id },
  );
  const paths: string[] = [];
  for (let next_token: string | null = null; ; ) {
    const page: Awaited<ReturnType<SystemClient['data']>> = await admin.data(
      'query ($id: ID!, $token: String) { paths(site_id: $id, limit: 100, next_token: $token) { items { id } next_token } }',
      { id, token: next_token },
    );
    paths.push(...page.paths.items.map((path: { id: string }) => path.id));
    next_token = page.paths.next_token;
    if (next_token === null) return { site, paths: paths.sort() };
  }
}

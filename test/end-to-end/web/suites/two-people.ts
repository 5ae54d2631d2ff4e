import { describe, expect, it } from 'vitest';
import { hearsChanges, openConsole, type Person } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';
import { userOf } from '../../../support/no-group-user.ts';
import { endSession } from './session.ts';

export function twoPeopleSuite(world: () => ConsoleWorld): void {
  describe('two people, each with a browser', () => {
    it("see each other's changes without a reload", async () => {
      const { browser, system } = world();
      const mine = await openConsole(browser, system, { as: 'operator', at: '/sites?q=Shared' });
      const theirs = await openConsole(browser, system, { as: 'admin', at: '/sites?q=Shared' });
      const people = [mine, theirs];
      for (const { page } of people) {
        await hearsChanges(page);
        await page.getByText('No site has this text in its name or location.').waitFor();
        await page.evaluate('window.neverReloaded = true');
      }

      await mine.page.getByRole('button', { name: 'New site' }).click();
      const form = mine.page.getByRole('dialog', { name: 'New site' });
      await form.getByLabel('Name').fill('Shared');
      await form.getByRole('button', { name: 'Create' }).click();
      await mine.page.getByRole('heading', { name: 'Shared', exact: true }).waitFor();

      const link = theirs.page.getByRole('table', { name: 'Sites' }).getByRole('link', { name: 'Shared' });
      await link.click();
      await theirs.page.getByRole('heading', { name: 'Shared', exact: true }).waitFor();
      await theirs.page.getByRole('button', { name: 'Change…' }).click();
      const change = theirs.page.getByRole('dialog', { name: 'Change the site' });
      await change.getByLabel('Location').fill('Where the other one sees it');
      await change.getByRole('button', { name: 'Save', exact: true }).click();
      await mine.page.getByRole('definition').getByText('Where the other one sees it').waitFor();

      await mine.page.getByRole('button', { name: 'Add an endpoint' }).click();
      const endpoint = mine.page.getByRole('dialog', { name: 'New endpoint' });
      await endpoint.getByLabel('Address').fill('192.0.2.7');
      await endpoint.getByRole('button', { name: 'Add', exact: true }).click();
      await endpoint.waitFor({ state: 'detached' });
      await mine.page.getByRole('cell', { name: '192.0.2.7' }).waitFor();
      await theirs.page.getByRole('cell', { name: '192.0.2.7' }).waitFor();

      await theirs.page.getByRole('button', { name: 'Delete…' }).click();
      const deletion = theirs.page.getByRole('dialog', { name: 'Delete Shared' });
      await deletion.getByLabel('Type Shared to confirm').fill('Shared');
      await deletion.getByRole('button', { name: 'Delete the site' }).click();
      await mine.page.getByRole('heading', { name: 'Site not found' }).waitFor();
      await finish(people);
    });
  });

  describe('a session that ends in the middle of a form', () => {
    it('is renewed over the form, which keeps its text and is then sent', async () => {
      const { browser, system, admin } = world();
      const person = await openConsole(browser, system, {
        as: 'operator',
        at: '/sites?q=Half',
        signIn: true,
      });
      const { page } = person;
      await page.evaluate('window.neverReloaded = true');
      await page.getByRole('button', { name: 'New site' }).click();
      const form = page.getByRole('dialog', { name: 'New site' });
      await form.getByLabel('Name').fill('Half written');
      await form.getByLabel('Location').fill('In the middle');
      await page.evaluate(endSession);
      await form.getByRole('button', { name: 'Create' }).click();

      await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
      const address = page.url();
      await page.getByLabel('Password').fill(userOf(system.endpoints, 'operator').password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('dialog', { name: 'Sign in again' }).waitFor({ state: 'detached' });
      expect(page.url()).toBe(address);
      expect(await form.getByLabel('Name').inputValue()).toBe('Half written');
      expect(await form.getByLabel('Location').inputValue()).toBe('In the middle');

      await form.getByRole('button', { name: 'Create' }).click();
      await page.getByRole('heading', { name: 'Half written' }).waitFor();
      const { sites } = await admin.data('{ sites(search: "Half written") { items { location } } }');
      expect(sites.items).toEqual([{ location: 'In the middle' }]);
      await finish([person]);
    });
  });
}

/** No page was reloaded, and no page has an error. */
async function finish(people: readonly Person[]): Promise<void> {
  for (const { page, leave, problems } of people) {
    expect(await page.evaluate('window.neverReloaded')).toBe(true);
    expect(problems).toEqual([]);
    await leave();
  }
}

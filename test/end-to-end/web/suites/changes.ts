import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hearsChanges, openConsole, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

const CREATE = 'mutation ($name: String!) { createPolicy(name: $name, priority: 7) { id } }';

const timeline = (page: Page) => page.getByRole('list', { name: 'Timeline' });

export function changesSuite(world: () => ConsoleWorld): void {
  describe('the page Changes', () => {
    it("shows another person's changes, undoes one with a receipt, and the other person sees that", async () => {
      const { browser, system, admin } = world();
      const mine = await openConsole(browser, system, { as: 'operator', at: '/changes' });
      const theirs = await openConsole(browser, system, { as: 'viewer', at: '/changes' });
      for (const { page } of [mine, theirs]) await hearsChanges(page);
      const { createPolicy } = await admin.data(CREATE, { name: 'To be undone' });
      const target = `policy:${createPolicy.id}`;
      await admin.data('mutation ($id: ID!) { updatePolicy(id: $id, priority: 9) { id } }', createPolicy);

      await mine.page.getByRole('button', { name: `Update policy ${target}: details` }).click();
      const dialog = mine.page.getByRole('dialog', { name: 'Update policy' });
      const row = dialog.getByRole('row', { name: 'priority 7 9' });
      await row.waitFor();
      expect(mine.page.url()).toMatch(/\?entry=[0-9A-Z]{26}$/);
      await dialog.getByRole('button', { name: 'Undo' }).click();
      await dialog.getByText(`Policy ${createPolicy.id} is as it was before the change.`).waitFor();
      await dialog.getByRole('button', { name: 'Show the undo' }).click();
      await dialog.getByRole('row', { name: 'priority 9 7' }).waitFor();
      await dialog.getByText('It undoes').waitFor();

      const update = theirs.page.getByRole('button', { name: `Update policy ${target}: details` });
      const undone = timeline(theirs.page).getByRole('listitem').filter({ has: update });
      await undone.filter({ has: theirs.page.getByText('Undone', { exact: true }) }).waitFor();
      expect(await theirs.page.getByRole('button', { name: /^Undo/ }).count()).toBe(0);
      expect([mine.problems, theirs.problems]).toEqual([[], []]);
      await mine.leave();
      await theirs.leave();
    });

    it('keeps its filters in the address', async () => {
      const { browser, system, admin } = world();
      await admin.ask(CREATE, { name: '' });
      const { page, leave } = await openConsole(browser, system, { as: 'admin', at: '/changes' });
      await page
        .getByRole('button', { name: 'Refused' })
        .or(page.getByRole('radio', { name: 'Refused' }))
        .click();
      await page.getByRole('searchbox', { name: 'Operation' }).fill('createPolicy');
      await page.waitForURL('**/changes?view=refused&what=createPolicy');
      await reloadConsole(page);
      const rows = timeline(page).getByRole('listitem');
      await rows.first().waitFor();
      for (const text of await rows.allTextContents()) expect(text).toMatch(/RefusedCreate policy/);
      await leave();
    });
  });
}

import { describe, expect, it } from 'vitest';
import { openConsole, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

export function settingsSuite(world: () => ConsoleWorld): void {
  describe('settings', () => {
    it('apply on every device: the time zone, the units and saved views', async () => {
      const { browser, system } = world();
      const first = await openConsole(browser, system, { as: 'viewer', at: '/settings' });
      const { page, problems } = first;
      await page.getByLabel('Time zone').fill('Europe/Atlantis');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page
        .locator('.field[data-invalid]')
        .getByText(/^time_zone "Europe\/Atlantis" is not known/)
        .waitFor();
      await page.getByLabel('Time zone').fill('Pacific/Kiritimati');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Your settings were saved.').waitFor();

      await page.goto(new URL('/changes?view=refused', page.url()).href);
      await page.getByRole('heading', { level: 1, name: 'Changes' }).waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('searchbox', { name: /^Find/ }).fill('Save this view');
      const item = page.getByRole('menuitem');
      await expect.poll(() => item.count()).toBe(1);
      await item.click();
      await page.waitForURL('**/settings?view=*');
      expect(await page.getByLabel('Address').inputValue()).toBe('/changes?view=refused');
      await page.getByLabel('Name').fill('What was refused');
      await page.getByRole('button', { name: 'Save the view' }).click();
      await page.getByRole('button', { name: 'Remove What was refused' }).waitFor();
      expect(problems).toEqual([]);
      await first.context.close();

      const second = await openConsole(browser, system, { as: 'viewer', at: '/settings' });
      await second.page.getByRole('button', { name: 'What was refused', exact: true }).click();
      await second.page.waitForURL('**/changes?view=refused');
      await second.page.goto(new URL('/settings', second.page.url()).href);
      await reloadConsole(second.page);
      expect(await second.page.getByLabel('Time zone').inputValue()).toBe('Pacific/Kiritimati');
      await second.page.getByLabel('Time zone').fill('');
      await second.page.getByRole('button', { name: 'Save', exact: true }).click();
      await second.page.getByText('Your settings were saved.').waitFor();
      await second.page.getByRole('button', { name: 'Remove What was refused' }).click();
      await second.page.getByText(/^None yet\./).waitFor();
      await second.context.close();
    });
  });
}

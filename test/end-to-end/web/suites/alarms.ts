import { describe, expect, it } from 'vitest';
import { openConsole, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

export function alarmsSuite(world: () => ConsoleWorld): void {
  describe('the page Alarms', () => {
    it('sets a threshold from an address that says what it is on, changes and removes it', async () => {
      const { browser, system, admin, silent_edge } = world();
      const { page, context, problems } = await openConsole(browser, system, {
        as: 'operator',
        at: `/alarms?view=thresholds&set=EDGE&on=${silent_edge}`,
      });
      const form = page.getByRole('dialog', { name: 'New threshold' });
      await form.getByLabel('Name').fill('Long silence');
      expect(await form.getByLabel('Id of the edge').inputValue()).toBe(silent_edge);
      await form.getByLabel('Value').fill('5');
      await form.getByLabel('Ends at').fill('6');
      await form.getByRole('button', { name: 'Set', exact: true }).click();
      const wrong = form.locator('.field[data-invalid]');
      await wrong.getByText(/^clear_value must be value or less/).waitFor();
      await form.getByLabel('Ends at').fill('4');
      await form.getByRole('button', { name: 'Set', exact: true }).click();
      await form.waitFor({ state: 'detached' });
      const row = page.getByRole('row').filter({ hasText: 'Long silence' });
      await row.getByText('above 5 minutes for 5 min').waitFor();

      await page.getByRole('button', { name: 'Change Long silence' }).click();
      const change = page.getByRole('dialog', { name: 'Change the threshold' });
      await reloadConsole(page);
      await change.getByLabel('For minutes').fill('1');
      await change.getByRole('button', { name: 'Save' }).click();
      await row.getByText('above 5 minutes for 1 min').waitFor();
      await page.getByRole('button', { name: 'Remove Long silence' }).click();
      await row.waitFor({ state: 'detached' });
      const removed = page.getByRole('alertdialog').filter({ hasText: 'is removed' });
      await removed.getByRole('button', { name: 'Undo' }).click();
      await row.waitFor();
      const { thresholds } = await admin.data('{ thresholds { items { name value clear_value minutes } } }');
      expect(thresholds.items).toContainEqual({ name: 'Long silence', value: 5, clear_value: 4, minutes: 1 });
      expect(problems).toEqual([]);
      await context.close();
    });
  });
}

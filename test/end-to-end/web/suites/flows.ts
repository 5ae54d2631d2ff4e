import { describe, expect, it } from 'vitest';
import { openConsole, reloadConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

const ALL = `query ($from: AWSDateTime!, $to: AWSDateTime!, $filter: FlowFilter) {
  flows(from: $from, to: $to, filter: $filter, limit: 1000) { items { id src dst dst_port bytes_exact } }
}`;

const HOUR_MS = 3_600_000;

export function flowsSuite(world: () => ConsoleWorld): void {
  describe('the page Flows', () => {
    it('shows what a filter takes, which is written with help and kept in the address', async () => {
      const { browser, system, admin } = world();
      const { page, context, problems } = await openConsole(browser, system, { as: 'viewer', at: '/flows' });
      const rows = page.getByRole('table', { name: 'Flows' }).locator('.body-row');
      await rows.first().waitFor();
      const box = page.getByRole('combobox', { name: 'Filter flows' });
      await box.fill('-app:w');
      await page.getByRole('option', { name: 'web', exact: true }).click();
      await page.waitForURL(/q=-app:web$/);
      await box.press('End');
      await box.pressSequentially(' port:0-70000');
      await page.getByText('0-70000 is no port: write one from 0 to 65535').waitFor();
      await box.fill('-app:web protocol:udp');
      await page.waitForURL(/q=-app:web\+protocol:udp$/);
      await reloadConsole(page);
      await rows.first().waitFor();
      const range = { from: new Date(Date.now() - HOUR_MS).toISOString(), to: new Date().toISOString() };
      const filter = { protocols: [17], not_applications: ['Web'] };
      const { flows } = await admin.data(ALL, { ...range, filter });
      expect(flows.items.length).toBeGreaterThan(0);
      const total = await page.getByRole('table', { name: 'Flows' }).getAttribute('aria-rowcount');
      expect(total).toBe(String(flows.items.length + 1));
      expect(await box.inputValue()).toBe('-app:web protocol:udp');
      expect(problems).toEqual([]);
      await context.close();
    });
  });
}

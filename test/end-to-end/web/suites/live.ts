import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hearsChanges, openConsole, PATIENCE_MS } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';
import { type CuttableConnection, cuttableConnection } from '../../../support/cut-connection.ts';

const CREATE = `mutation ($name: String!) { createPolicy(name: $name, priority: 5, match: { protocol: 6 }) { id } }`;

export function liveSuite(world: () => ConsoleWorld): void {
  describe('changes', () => {
    it('by another person appear without a reload', async () => {
      const { browser, system, admin } = world();
      const { page, leave } = await openConsole(browser, system, { as: 'viewer' });
      await hearsChanges(page);
      await admin.data(CREATE, { name: 'Made by another one' });
      await page.getByRole('table', { name: 'Policies' }).getByText('Made by another one').waitFor();
      await leave();
    });

    it('during a cut connection all appear after its return, each once, on Now and on Changes', async () => {
      const { browser, system, admin } = world();
      let connection!: CuttableConnection;
      const { page: now, context } = await openConsole(browser, system, {
        as: 'viewer',
        prepare: async page => {
          connection = await cuttableConnection(page.context());
        },
      });
      const changes = await context.newPage();
      await changes.goto(new URL('/changes', system.endpoints.dashboard).href);
      for (const page of [now, changes]) await hearsChanges(page);
      await connection.cut();
      for (const page of [now, changes]) {
        await page.locator('html:not([data-live=live])').waitFor({ state: 'attached' });
      }
      const names = Array.from({ length: 20 }, (_, index) => `Cut off ${String(index).padStart(2, '0')}`);
      await now.getByRole('status').getByText('Live updates are interrupted').waitFor();
      const made = await Promise.all(names.map(name => admin.data(CREATE, { name })));
      connection.mend();

      const cutOff = async () => (await namesIn(now)).filter(name => name.startsWith('Cut off')).sort();
      await expect.poll(cutOff, { timeout: PATIENCE_MS }).toEqual(names);
      const entries = made.map(({ createPolicy: { id } }) =>
        changes.getByRole('button', { name: `Create policy policy:${id}: details`, exact: true }),
      );
      const shown = () => Promise.all(entries.map(entry => entry.count()));
      await expect.poll(shown, { timeout: PATIENCE_MS }).toEqual(entries.map(() => 1));
      await context.close();
    });
  });
}

/** Scrolls through the table and returns number and name of each row. Runs in the page. */
const SCROLLED_ROWS = `(async () => {
  const table = document.querySelector('[role=group][aria-label=Policies]');
  const names = {};
  for (let top = 0; top < table.scrollHeight; top += 100) {
    table.scrollTop = top;
    await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn, 20))));
    for (const row of table.querySelectorAll('.body-row')) {
      names[row.getAttribute('aria-rowindex')] = row.firstChild.textContent;
    }
  }
  return names;
})()`;

/**
 * The names of all policies in the table, which draws only the visible rows: read by row, so that a
 * policy that is listed twice appears twice.
 */
async function namesIn(page: Page): Promise<string[]> {
  return Object.values((await page.evaluate(SCROLLED_ROWS)) as Record<string, string>);
}

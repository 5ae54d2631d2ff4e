import type { Page, WebSocketRoute } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

const CREATE = `mutation ($name: String!) { createPolicy(name: $name, priority: 5, match: { protocol: 6 }) { id } }`;

export function liveSuite(world: () => ConsoleWorld): void {
  describe('changes', () => {
    it('of another one are on the screen without a reload', async () => {
      const { browser, system, admin } = world();
      const { page, context } = await openConsole(browser, system, { as: 'viewer' });
      await page.locator('html[data-live=live]').waitFor({ state: 'attached' });
      await admin.data(CREATE, { name: 'Made by another one' });
      await page.getByRole('table', { name: 'Policies' }).getByText('Made by another one').waitFor();
      await context.close();
    });

    it('that happened while the connection was cut are all there after its return, each once', async () => {
      const { browser, system, admin } = world();
      const sockets: WebSocketRoute[] = [];
      let open = true;
      const { page, context } = await openConsole(browser, system, {
        as: 'viewer',
        prepare: page =>
          page.routeWebSocket(/\/graphql\/realtime/, socket => {
            if (!open) return void socket.close();
            socket.connectToServer();
            sockets.push(socket);
          }),
      });
      await page.locator('html[data-live=live]').waitFor({ state: 'attached' });
      open = false;
      for (const socket of sockets) await socket.close();
      await page.locator('html[data-live=cut]').waitFor({ state: 'attached' });
      const names = Array.from({ length: 20 }, (_, index) => `Cut off ${String(index).padStart(2, '0')}`);
      await page.getByRole('status').getByText('Changes don’t come in at the moment').waitFor();
      await Promise.all(names.map(name => admin.data(CREATE, { name })));
      open = true;
      await page
        .getByRole('table', { name: 'Policies' })
        .getByText(/^Cut off/)
        .first()
        .waitFor();
      const cutOff = async () => (await namesIn(page)).filter(name => name.startsWith('Cut off')).sort();
      await expect.poll(cutOff, { timeout: 60_000 }).toEqual(names);
      await context.close();
    });
  });
}

/** Scrolls through the table and gives number and name of each row. Runs in the page. */
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

/** The names of all policies in the table, which draws only those in sight: by their rows, so that one that is there twice is twice here. */
async function namesIn(page: Page): Promise<string[]> {
  return Object.values((await page.evaluate(SCROLLED_ROWS)) as Record<string, string>);
}

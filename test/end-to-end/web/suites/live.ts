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
      // Before Amplify's first try to connect again: the next ones are a minute apart.
      await Promise.all(names.map(name => admin.data(CREATE, { name })));
      open = true;
      await page
        .getByRole('table', { name: 'Policies' })
        .getByText(/^Cut off/)
        .first()
        .waitFor({ timeout: 90_000 });
      expect((await namesIn(page)).filter(name => name.startsWith('Cut off')).sort()).toEqual(names);
      await context.close();
    });
  });
}

/** Number and name of each row that is drawn. Runs in the page, at one instant. */
const DRAWN_ROWS = `[...document.querySelectorAll('[aria-label=Policies] .body-row')]
  .map(row => [row.getAttribute('aria-rowindex'), row.firstChild.textContent])`;

/** The names of all policies in the table, which draws only those in sight: by their rows, so that one that is there twice is twice here. */
async function namesIn(page: Page): Promise<string[]> {
  const names = new Map<string, string>();
  const table = page.getByRole('group', { name: 'Policies' });
  await table.hover();
  for (let turn = 0; turn < 8; turn++) {
    const drawn = (await page.evaluate(DRAWN_ROWS)) as [string, string][];
    for (const [index, name] of drawn) names.set(index, name);
    await page.mouse.wheel(0, 200);
  }
  return [...names.values()];
}

import type { WebSocketRoute } from 'playwright-core';
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
      for (const name of names) await admin.data(CREATE, { name });
      open = true;
      const table = page.getByRole('table', { name: 'Policies' });
      await table.getByText(names[0]!).waitFor({ timeout: 90_000 });
      await table.getByText(names[19]!).waitFor();
      const shown = await table.getByText(/^Cut off \d\d$/).allTextContents();
      expect(shown.sort()).toEqual(names);
      await context.close();
    });
  });
}

import { describe, expect, it } from 'vitest';
import { openConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';

export function graphiqlSuite(world: () => ConsoleWorld): void {
  describe('GraphiQL', () => {
    it('runs a query as the signed-in person, and loads nothing from other hosts', async () => {
      const { browser, system } = world();
      const { page, context, problems } = await openConsole(browser, system, {
        as: 'viewer',
        at: '/settings',
      });
      const own = [system.endpoints.dashboard, system.endpoints.cognito].map(url => new URL(url).origin);
      const foreign: string[] = [];
      page.on('request', request => {
        const { origin, protocol } = new URL(request.url());
        if (protocol.startsWith('http') && !own.includes(origin)) foreign.push(request.url());
      });
      await page.goto(system.endpoints.graphql);
      // Before its editor is loaded the button does nothing.
      await page.locator('.graphiql-query-editor .view-line', { hasText: 'trafficTotals' }).waitFor();
      await page.getByRole('button', { name: /Execute query/ }).click();
      await page.locator('.graphiql-response', { hasText: 'trafficTotals' }).waitFor();
      expect(foreign).toEqual([]);
      expect(problems).toEqual([]);
      await context.close();
    });
  });
}
